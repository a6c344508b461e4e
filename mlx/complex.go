package mlx

import "github.com/ingot-go/ingot/mlx/op"

// Complex numbers. The derivative of a holomorphic function f multiplies a
// cotangent by the conjugate of f', so that a step against the gradient of a
// real function goes downhill.

// Real is the real part of each element; of real numbers, themselves.
func Real(a *Array) *Array {
	if n := a.node("real"); n.dtype != op.Complex64 {
		return wrap(n)
	}
	return unary(op.Real, a)
}

// Real is the real part of each element; of real numbers, themselves.
func (a *Array) Real() *Array { return Real(a) }

// Imag is the imaginary part of each element; of real numbers, zeros.
func Imag(a *Array) *Array {
	if a.node("imag").dtype != op.Complex64 {
		return ZerosLike(a)
	}
	return unary(op.Imag, a)
}

// Imag is the imaginary part of each element; of real numbers, zeros.
func (a *Array) Imag() *Array { return Imag(a) }

// Conj is the complex conjugate of each element.
func Conj(a *Array) *Array { return wrap(conj(a.node("conjugate"))) }

// Conj is the complex conjugate of each element.
func (a *Array) Conj() *Array { return Conj(a) }

func conj(n *node) *node {
	if n.dtype != op.Complex64 {
		return n
	}
	return call(op.Conjugate, n)
}
