package backend

import (
	"fmt"
	"slices"
)

// Kernel numbers a primitive that reads whole, contiguous operands and writes a
// whole, contiguous result. The last axes of operands and result are the
// kernel's own; the axes before them are batches. Every device that has no code
// of its own for one leaves it to package reference.
type Kernel uint8

// The kernels, with their parameters.
const (
	Scan     Kernel = iota // running op Params[0] along the last axis
	Bitcast                // the same bytes as another dtype
	Search                 // for each of operand 1, its place in the sorted vector operand 0; behind equal ones with Params[0]
	Fourier                // the discrete transform along the last axis, of complex64 numbers or along the one before, of pairs of float64 ones; Params[0] is the sign of the exponent
	LU                     // rows permuted so that they are a product: for (m, n) the m numbers of the rows, then both triangles in one matrix
	QR                     // (m, n): Q (m, k), then R (k, n)
	SVD                    // (m, n): the k singular values, then where Params[0] is 1 U (m, m) and Vᵀ (n, n)
	Cholesky               // the lower triangle L of L·Lᵀ
	Eigh                   // of a Hermitian matrix: the values in ascending order, then the vectors as columns
	Eig                    // the same for any matrix, all complex
	Solve                  // X of A·X = B; Params[0] is 0 for any A, 1 for a lower and 2 for an upper triangle
	Kernels                // the number of kernels
)

var kernelNames = [Kernels]string{"scan", "bitcast", "search", "fft", "lu", "qr", "svd", "cholesky", "eigh", "eig", "solve"}

// String is the name, which a [Primitive] has.
func (k Kernel) String() string { return kernelNames[k] }

// KernelNamed finds a kernel by its name.
func KernelNamed(name string) (Kernel, bool) {
	i := slices.Index(kernelNames[:], name)
	return Kernel(max(i, 0)), i >= 0
}

// Batches reports whether further axes in front, which all operands then have,
// mean as many runs of the kernel.
func (k Kernel) Batches() bool { return k != Search }

func (p *Plan) checkKernel(s *Primitive) error {
	if len(s.Stores) > 0 || len(s.Operands) == 0 {
		return fmt.Errorf("%s has %d operands and %d stores", s.Name, len(s.Operands), len(s.Stores))
	}
	if s.Out < 0 || s.Out >= p.Buffers() || p.Buffer(s.Out) != (Spec{s.Dtype, Volume(s.Space)}) {
		return fmt.Errorf("%s does not fit buffer %d", s.Name, s.Out)
	}
	for i, o := range s.Operands {
		if o.Buffer < 0 || o.Buffer >= p.Buffers() || p.Buffer(o.Buffer).Size != Volume(o.Shape) {
			return fmt.Errorf("%s: operand %d does not fit buffer %d", s.Name, i, o.Buffer)
		}
	}
	return nil
}
