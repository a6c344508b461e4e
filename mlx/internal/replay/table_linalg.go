package replay

import (
	"fmt"
	"math"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/fft"
	"github.com/ingot-go/ingot/mlx/linalg"
)

// algebra is the rows of packages linalg and fft.
var algebra = table{
	"fft.fft": transform(fft.FFT, false), "fft.ifft": transform(fft.IFFT, false),
	"fft.rfft": transform(fft.RFFT, false), "fft.irfft": transform(fft.IRFFT, false),
	"fft.fft2": transform(fft.FFT2, true), "fft.ifft2": transform(fft.IFFT2, true),
	"fft.rfft2": transform(fft.RFFT2, true), "fft.irfft2": transform(fft.IRFFT2, true),
	"fft.fftn": transform(fft.FFTN, true), "fft.ifftn": transform(fft.IFFTN, true),
	"fft.rfftn": transform(fft.RFFTN, true), "fft.irfftn": transform(fft.IRFFTN, true),
	"fft.fftfreq":   func(c *call) any { return fft.FFTFreq(c.int(0, "n", 0), toFloat(c.or(1, "d", 1.0))) },
	"fft.rfftfreq":  func(c *call) any { return fft.RFFTFreq(c.int(0, "n", 0), toFloat(c.or(1, "d", 1.0))) },
	"fft.fftshift":  func(c *call) any { return fft.FFTShift(c.array(0), c.axes(1, "axes")...) },
	"fft.ifftshift": func(c *call) any { return fft.IFFTShift(c.array(0), c.axes(1, "axes")...) },

	"linalg.norm": func(c *call) any {
		return linalg.Norm(c.array(0), linalg.NormOptions{Ord: c.or(1, "ord", nil), Axes: c.axes(2, "axis"), Keep: c.flag(3, "keepdims")})
	},
	"matrix_norm": func(c *call) any {
		keep := c.flag(-1, "keepdims")
		return linalg.Norm(c.array(0), linalg.NormOptions{Ord: c.or(-1, "ord", "fro"), Axes: []int{-2, -1}, Keep: keep})
	},
	"linalg.cross":        func(c *call) any { return linalg.Cross(c.array(0), arr(c.args[1]), c.int(2, "axis", -1)) },
	"linalg.inv":          first(linalg.Inv),
	"linalg.tri_inv":      func(c *call) any { return linalg.TriInv(c.array(0), c.flag(1, "upper")) },
	"linalg.cholesky":     func(c *call) any { return linalg.Cholesky(c.array(0), c.flag(1, "upper")) },
	"linalg.cholesky_inv": func(c *call) any { return linalg.CholeskyInv(c.array(0), c.flag(1, "upper")) },
	"linalg.pinv":         first(linalg.PInv),
	"linalg.det":          first(linalg.Det),
	"linalg.slogdet":      func(c *call) any { s, l := linalg.SLogDet(c.array(0)); return []*mlx.Array{s, l} },
	"linalg.solve":        func(c *call) any { return linalg.Solve(c.array(0), arr(c.args[1])) },
	"linalg.solve_triangular": func(c *call) any {
		return linalg.SolveTriangular(c.array(0), arr(c.args[1]), c.flag(-1, "upper"))
	},
	"linalg.lu":        func(c *call) any { p, l, u := linalg.LU(c.array(0)); return []*mlx.Array{p, l, u} },
	"linalg.lu_factor": func(c *call) any { lu, p := linalg.LUFactor(c.array(0)); return []*mlx.Array{lu, p} },
	"linalg.qr":        func(c *call) any { q, r := linalg.QR(c.array(0)); return []*mlx.Array{q, r} },
	"linalg.svd": func(c *call) any {
		u, s, v := linalg.SVD(c.array(0))
		if b, ok := c.or(1, "compute_uv", true).(bool); ok && !b {
			return s
		}
		return []*mlx.Array{u, s, v}
	},
	"linalg.eigh": func(c *call) any {
		w, v := linalg.Eigh(c.array(0), c.or(1, "UPLO", "L") == "U")
		return []*mlx.Array{w, v}
	},
	"linalg.eigvalsh": func(c *call) any { return linalg.EigValsH(c.array(0), c.or(1, "UPLO", "L") == "U") },
	"linalg.eig":      func(c *call) any { w, v := linalg.Eig(c.array(0)); return []*mlx.Array{w, v} },
	"linalg.eigvals":  first(linalg.EigVals),
}

func transform(f func(*mlx.Array, ...fft.Options) *mlx.Array, many bool) row {
	return func(c *call) any {
		o := fft.Options{}
		length, axis := "n", "axis"
		if many {
			length, axis = "s", "axes"
		}
		if v := c.or(1, length, nil); v != nil {
			o.S = ints(v)
		}
		if v, given := c.get(2, axis); v != nil {
			o.Axes = ints(v)
		} else if given && many { // none means all
			o.Axes = all(c.array(0).NDim())
		}
		o.Norm, _ = c.or(3, "norm", "").(string)
		return f(c.array(0), o)
	}
}

// sameDecomposition checks factors that are determined up to signs and phases:
// their shapes, their orthogonality, and that they make the matrix again.
func sameDecomposition(name string, a *mlx.Array, got []*mlx.Array, want any) error {
	list, ok := untuple(want).([]any)
	if !ok || len(list) != len(got) {
		return fmt.Errorf("%d factors, want %v", len(got), want)
	}
	for i, g := range got {
		w := arr(list[i])
		if fmt.Sprint(g.Dtype(), g.Shape()) != fmt.Sprint(w.Dtype(), w.Shape()) {
			return fmt.Errorf("factor %d is %v %v, want %v %v", i, g.Dtype(), g.Shape(), w.Dtype(), w.Shape())
		}
	}
	h := func(x *mlx.Array) *mlx.Array { return mlx.Conj(x.Swapaxes(-1, -2)) }
	small := func(what string, x *mlx.Array) error {
		if x.Size() == 0 {
			return nil
		}
		if m := mlx.Abs(x).Max().Float(); !(m <= 1e-3) || math.IsNaN(m) {
			return fmt.Errorf("%s is off by %v", what, m)
		}
		return nil
	}
	unitary := func(q *mlx.Array) error {
		return small("orthogonality", h(q).MatMul(q).Sub(mlx.Eye(q.Dim(-1))))
	}
	switch name {
	case "core.linalg.qr":
		if err := unitary(got[0]); err != nil {
			return err
		}
		return small("product", got[0].MatMul(got[1]).Sub(a))
	case "core.linalg.svd":
		k := got[1].Dim(-1)
		for _, q := range []*mlx.Array{got[0], got[2]} {
			if err := unitary(q); err != nil {
				return err
			}
		}
		if err := same(got[1], list[1], true); err != nil {
			return err
		}
		u, v := got[0].At(mlx.Rest, mlx.S(nil, k)), got[2].At(mlx.Rest, mlx.S(nil, k), mlx.All)
		return small("product", u.Mul(got[1].ExpandDims(-2)).MatMul(v).Sub(a))
	case "core.linalg.eigh":
		if err := same(got[0], list[0], true); err != nil {
			return err
		}
		return unitary(got[1])
	}
	return small("A·V - V·w", a.AsType(mlx.Complex64).MatMul(got[1]).Sub(got[1].Mul(got[0].ExpandDims(-2))))
}
