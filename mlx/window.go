package mlx

import "math"

// Windows: vectors that rise to the middle and fall to the end.

// window is f at n places t from 0 to 1; of one place it is 1.
func window(n int, f func(t *Array) *Array) *Array {
	switch {
	case n < 1:
		return Zeros(0)
	case n == 1:
		return Ones(1)
	}
	return f(Div(Arange(float64(n)), n-1))
}

func cosine(t *Array, k float64) *Array { return Cos(Mul(t, 2*math.Pi*k)) }

// Bartlett is the triangular window of n float32 numbers.
func Bartlett(n int) *Array {
	return window(n, func(t *Array) *Array { return Sub(1, Abs(Sub(Mul(t, 2), 1))) })
}

// Hanning is the window (1-cos 2πt)/2 of n float32 numbers.
func Hanning(n int) *Array {
	return window(n, func(t *Array) *Array { return Sub(0.5, Mul(cosine(t, 1), 0.5)) })
}

// Hamming is the window 0.54-0.46·cos 2πt of n float32 numbers.
func Hamming(n int) *Array {
	return window(n, func(t *Array) *Array { return Sub(0.54, Mul(cosine(t, 1), 0.46)) })
}

// Blackman is the window 0.42-0.5·cos 2πt+0.08·cos 4πt of n float32 numbers.
func Blackman(n int) *Array {
	return window(n, func(t *Array) *Array {
		return Add(Sub(0.42, Mul(cosine(t, 1), 0.5)), Mul(cosine(t, 2), 0.08))
	})
}
