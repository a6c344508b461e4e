package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// ConvOptions are the options of convolutions. Each list has one entry for each
// spatial axis, or one for all; none means stride 1, no padding, no dilation.
type ConvOptions struct {
	Stride        []int
	Padding       []int // zeros before each axis, and behind it
	PaddingAfter  []int // zeros behind it, where they are not as many; negative ones cut off
	Dilation      []int // distance of the weights
	InputDilation []int // distance to which the input is spread
	OutputPadding []int // of transposed convolutions: further elements at the end
	Groups        int   // of channels, each with its own weights; 0 is 1
	Flip          bool  // turn the weights around, as in mathematics
}

// convolution is one with everything worked out.
type convolution struct {
	name                                string
	stride, low, high, spread, inspread []int
	groups                              int
	flip                                bool
}

// entries brings a list to d entries.
func entries(name, what string, list []int, d, usual, least int) []int {
	switch len(list) {
	case 0:
		list = []int{usual}
		fallthrough
	case 1:
		list = slices.Repeat(list, d)
	case d:
	default:
		fail(name, "value", "%d entries of %s for %d axes", len(list), what, d)
	}
	for _, v := range list {
		if v < least {
			fail(name, "value", "%s %d is too small", what, v)
		}
	}
	return list
}

const anyWidth = -backend.MaxBytes

func (o ConvOptions) forAxes(name string, d int) *convolution {
	c := &convolution{name: name, groups: max(o.Groups, 1), flip: o.Flip,
		stride:   entries(name, "stride", o.Stride, d, 1, 1),
		low:      entries(name, "padding", o.Padding, d, 0, anyWidth),
		spread:   entries(name, "dilation", o.Dilation, d, 1, 1),
		inspread: entries(name, "input dilation", o.InputDilation, d, 1, 1)}
	c.high = c.low
	if o.PaddingAfter != nil {
		c.high = entries(name, "padding", o.PaddingAfter, d, 0, anyWidth)
	}
	return c
}

// Conv is the convolution, or without Flip the correlation, of input
// (batch, lengths…, channels) with weights (outputs, lengths…, channels/groups),
// over as many axes as they have. Floating dtypes only.
func Conv(input, weight *Array, options ...ConvOptions) *Array {
	return conv("conv_general", input, weight, -1, options)
}

// Conv1D is [Conv] over one axis.
func Conv1D(input, weight *Array, options ...ConvOptions) *Array {
	return conv("conv1d", input, weight, 1, options)
}

// Conv2D is [Conv] over two axes.
func Conv2D(input, weight *Array, options ...ConvOptions) *Array {
	return conv("conv2d", input, weight, 2, options)
}

// Conv3D is [Conv] over three axes.
func Conv3D(input, weight *Array, options ...ConvOptions) *Array {
	return conv("conv3d", input, weight, 3, options)
}

func conv(name string, input, weight *Array, d int, options []ConvOptions) *Array {
	o := ConvOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	x := input.node(name)
	if d < 0 {
		d = len(x.shape) - 2
	}
	if len(x.shape) != d+2 || d < 1 {
		fail(name, "shape", "an input of shape %s does not have %d axes with batch and channels", shapeText(x.shape), d)
	}
	return o.forAxes(name, d).apply(input, weight)
}

// ConvTranspose1D is the transpose of [Conv1D]: an input spread by the stride
// meets flipped weights.
func ConvTranspose1D(input, weight *Array, options ...ConvOptions) *Array {
	return convTranspose("conv_transpose1d", input, weight, 1, options)
}

// ConvTranspose2D is the transpose of [Conv2D].
func ConvTranspose2D(input, weight *Array, options ...ConvOptions) *Array {
	return convTranspose("conv_transpose2d", input, weight, 2, options)
}

// ConvTranspose3D is the transpose of [Conv3D].
func ConvTranspose3D(input, weight *Array, options ...ConvOptions) *Array {
	return convTranspose("conv_transpose3d", input, weight, 3, options)
}

func convTranspose(name string, input, weight *Array, d int, options []ConvOptions) *Array {
	o := ConvOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	w := weight.node(name)
	if len(w.shape) != d+2 {
		fail(name, "shape", "weights of shape %s do not have %d axes with outputs and channels", shapeText(w.shape), d)
	}
	c := o.forAxes(name, d)
	more := entries(name, "output padding", o.OutputPadding, d, 0, 0)
	low, high := make([]int, d), make([]int, d)
	for i := range d {
		reach := c.spread[i] * (w.shape[i+1] - 1)
		low[i] = reach - c.low[i]
		high[i] = reach - c.high[i] + more[i]
	}
	c.inspread, c.stride, c.low, c.high = c.stride, slices.Repeat([]int{1}, d), low, high
	c.flip = true
	return c.apply(input, weight)
}

// apply multiplies, for each place of the output, the patch of the input under
// the weights with them, as one product of matrices.
func (c *convolution) apply(input, weight *Array) *Array {
	x, w := input.node(c.name), weight.node(c.name)
	d := op.Promote(x.dtype, w.dtype)
	if !d.IsInexact() {
		fail(c.name, "dtype", "dtypes %v and %v; only floats can be convolved", x.dtype, w.dtype)
	}
	axes := len(x.shape) - 2
	if len(w.shape) != axes+2 {
		fail(c.name, "shape", "weights of shape %s for an input of shape %s", shapeText(w.shape), shapeText(x.shape))
	}
	channels, outputs := x.shape[axes+1], w.shape[0]
	if channels%c.groups != 0 || outputs%c.groups != 0 || w.shape[axes+1] != channels/c.groups {
		fail(c.name, "shape", "weights of shape %s do not fit %d channels in %d groups", shapeText(w.shape), channels, c.groups)
	}
	patches, places := c.patches(c.surround(input.AsType(d)), w.shape[1:axes+1])
	taps, rows := backend.Volume(w.shape[1:axes+1]), x.shape[0]*backend.Volume(places)
	each := channels / c.groups
	left := patches.Reshape(rows, taps, c.groups, each).Transpose(2, 0, 1, 3).Reshape(c.groups, rows, taps*each)
	right := weight.AsType(d).Reshape(c.groups, outputs/c.groups, taps*each)
	out := MatMul(left, Swapaxes(right, 1, 2)).Transpose(1, 0, 2)
	return out.Reshape(slices.Concat(x.shape[:1], places, []int{outputs})...)
}

// surround spreads the input and adds the padding.
func (c *convolution) surround(x *Array) *Array {
	widths := make([][2]int, x.NDim())
	for i, s := range c.inspread {
		n := x.Dim(i + 1)
		if s > 1 && n > 0 {
			gaps := make([][2]int, x.NDim()+1)
			gaps[i+2][1] = s - 1
			x = Flatten(Pad(x.ExpandDims(i+2), gaps), i+1, i+2)
			x = partAlong(x, i+1, 0, (n-1)*s+1)
		}
		n = x.Dim(i + 1)
		x = partAlong(x, i+1, max(0, -c.low[i]), max(n+min(0, c.high[i]), max(0, -c.low[i])))
		widths[i+1] = [2]int{max(0, c.low[i]), max(0, c.high[i])}
	}
	return Pad(x, widths)
}

// patches is, for each place of the output, what each of the weights meets, as
// (batch, places…, weights, channels).
func (c *convolution) patches(x *Array, kernel []int) (*Array, []int) {
	places := make([]int, len(kernel))
	for i, k := range kernel {
		reach := (k-1)*c.spread[i] + 1
		if x.Dim(i+1) < reach || k < 1 {
			fail(c.name, "shape", "weights that reach over %d do not fit an input of length %d", reach, x.Dim(i+1))
		}
		places[i] = (x.Dim(i+1)-reach)/c.stride[i] + 1
	}
	var parts []*Array
	tap := make([]int, len(kernel))
	for range backend.Volume(kernel) {
		idx := []any{All}
		for i, t := range tap {
			if c.flip {
				t = kernel[i] - 1 - t
			}
			from := t * c.spread[i]
			idx = append(idx, S(from, from+(places[i]-1)*c.stride[i]+1, c.stride[i]))
		}
		parts = append(parts, x.At(idx...))
		for i := len(tap) - 1; i >= 0; i-- {
			if tap[i]++; tap[i] < kernel[i] {
				break
			}
			tap[i] = 0
		}
	}
	return Stack(parts, -2), places
}

// Convolve is the convolution of two vectors: where they touch at all ("full",
// or empty), as many elements as the longer has ("same"), or where the shorter
// lies within the longer ("valid").
func Convolve(a, v *Array, mode ...string) *Array {
	const name = "convolve"
	if len(a.node(name).shape) != 1 || len(v.node(name).shape) != 1 {
		fail(name, "shape", "shapes %s and %s are not both vectors", shapeText(a.n.shape), shapeText(v.n.shape))
	}
	if a.n.size < v.n.size {
		a, v = v, a
	}
	n := v.n.size
	if n == 0 {
		fail(name, "shape", "an array is empty")
	}
	o := ConvOptions{Flip: true}
	switch m := append(mode, "full")[0]; m {
	case "full", "":
		o.Padding = []int{n - 1}
	case "same":
		o.Padding, o.PaddingAfter = []int{n / 2}, []int{n - 1 - n/2}
	case "valid":
	default:
		fail(name, "value", "%q is not a mode", m)
	}
	return conv(name, a.Reshape(1, -1, 1), v.Reshape(1, -1, 1), 1, []ConvOptions{o}).Reshape(-1)
}
