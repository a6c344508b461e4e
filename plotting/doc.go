// Package plotting draws figures: lines, points, histograms, heat maps and
// images. A figure shows itself when it is the last expression of a cell: as
// PNG at twice the resolution of the page, as SVG, and as text.
//
//	plotting.Line(losses).Title("loss").XLabel("step")
//	plotting.Scatter(xs, ys).Label("data").Line(xs, fit).Label("fit")
//	plotting.Line(math.Sin, 0, 2*math.Pi)
//	plotting.Hist(weights).Bins(40)
//	plotting.HeatMap(confusion).Title("confusion")
//	plotting.Grid(2, 5, digits...)
//
// # Data
//
// Where an argument is data, it may be a slice of any number type, a slice of
// such slices, or anything with the methods Shape() []int and Float64s()
// []float64, such as an array of package mlx. Data is copied when it is added.
//
// # Errors
//
// A figure never panics because of its data. The first wrong argument is
// remembered, and reported by Err, PNG, SVG and DisplayMIME:
//
//	line: x has 3 values and y has 4
//
// Values that are NaN or infinite are left out, break a line, and are counted
// in a note below the picture.
package plotting
