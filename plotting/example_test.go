package plotting_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/ingot-go/ingot/plotting"
)

// The examples are documentation, gallery and golden pictures in one: show
// compares the figure with testdata/NAME.png and NAME.svg, and prints its
// alternative text.

func ExampleLine() {
	losses := make([]float64, 100)
	for i := range losses {
		losses[i] = 2.3*math.Exp(-float64(i)/20) + 0.1 + 0.02*math.Sin(float64(i))
	}
	show("line", plotting.Line(losses).Title("Loss").XLabel("step").YLabel("mean cross entropy"))
	// Output: Loss; line of 100 points, x 0 to 99, y 0.09631 to 2.4; x axis: step; y axis: mean cross entropy
}

func ExampleLine_function() {
	fig := plotting.Line(math.Sin, 0, 2*math.Pi).Label("sin").Line(math.Cos, 0, 2*math.Pi).Label("cos")
	show("function", fig.Title("Sine and cosine"))
	// Output: Sine and cosine; line "sin" of 512 points, x 0 to 6.283, y -1 to 1; line "cos" of 512 points, x 0 to 6.283, y -1 to 1
}

func ExampleFigure_Theme() {
	fig := plotting.New()
	for i, name := range []string{"sgd", "momentum", "adam", "lion", "adagrad", "rmsprop"} {
		ys := make([]float64, 200)
		for j := range ys {
			ys[j] = 2.5*math.Exp(-float64(j)/float64(15+10*i)) + 0.1 + 0.05*math.Sin(float64(j)/3+float64(i))
		}
		fig.Line(ys).Label(name)
	}
	show("dark", fig.Title("Training loss").XLabel("step").YLabel("loss").Theme("dark"))
	// Output: Training loss; line "sgd" of 200 points, x 0 to 199, y 0.05005 to 2.6; line "momentum" of 200 points, x 0 to 199, y 0.05192 to 2.642; line "adam" of 200 points, x 0 to 199, y 0.05936 to 2.645; line "lion" of 200 points, x 0 to 199, y 0.08392 to 2.607; line "adagrad" of 200 points, x 0 to 199, y 0.128 to 2.562; line "rmsprop" of 200 points, x 0 to 199, y 0.189 to 2.552; x axis: step; y axis: loss
}

func ExampleScatter() {
	r := rand.New(rand.NewPCG(1, 2))
	xs, ys := make([]float32, 150), make([]float32, 150)
	for i := range xs {
		xs[i] = float32(r.NormFloat64())
		ys[i] = 2*xs[i] + 1 + float32(r.NormFloat64())/2
	}
	fit := func(x float64) float64 { return 2*x + 1 }
	show("scatter", plotting.Scatter(xs, ys).Label("data").Line(fit, -3, 3).Label("2x + 1").XLabel("x").YLabel("y"))
	// Output: scatter "data" of 150 points, x -2.41 to 2.3, y -3.398 to 6.302; line "2x + 1" of 512 points, x -3 to 3, y -5 to 7; x axis: x; y axis: y
}

func ExampleScatter_density() {
	r := rand.New(rand.NewPCG(3, 4))
	xs, ys := make([]float64, 100_000), make([]float64, 100_000)
	for i := range xs {
		xs[i] = r.NormFloat64()
		ys[i] = xs[i]*xs[i]/2 + r.NormFloat64()
	}
	show("density", plotting.Scatter(xs, ys).Title("100,000 points"))
	// Output: 100,000 points; scatter of 100000 points, x -4.487 to 4.429, y -4.111 to 10.25
}

func ExampleHist() {
	r := rand.New(rand.NewPCG(1, 1))
	a, b := make([]float64, 5000), make([]float64, 3000)
	for i := range a {
		a[i] = r.NormFloat64()
	}
	for i := range b {
		b[i] = 2 + r.NormFloat64()*0.7
	}
	show("hist", plotting.Hist(a).Label("before").Hist(b).Label("after").XLabel("weight").YLabel("count"))
	// Output: histogram "before" of 5000 values in 37 bins, from -3.292 to 3.226; histogram "after" of 3000 values in 37 bins, from -0.2403 to 4.204; x axis: weight; y axis: count
}

func ExampleHist_counts() {
	show("counts", plotting.Hist([]int{1, 2, 2, 3, 3, 3, 4, 4, 6}).Title("Whole numbers get a bar each"))
	// Output: Whole numbers get a bar each; histogram of 9 values in 6 bins, from 1 to 6
}

func ExampleHeatMap() {
	m := make([][]float64, 30)
	for i := range m {
		m[i] = make([]float64, 40)
		for j := range m[i] {
			m[i][j] = math.Sin(float64(j)/6) * math.Cos(float64(i)/5)
		}
	}
	m[3][5] = math.NaN()
	show("heat", plotting.HeatMap(m).Title("sin x cos y").XLabel("column").YLabel("row"))
	// Output: sin x cos y; heat map of 30 rows and 40 columns, values -0.999 to 0.9975; x axis: column; y axis: row; 1 value is NaN or infinite and not drawn
}

func ExampleImage() {
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			img.Set(x, y, color.RGBA{uint8(x * 5), uint8(y * 8), 128, 255})
		}
	}
	show("image", plotting.Image(img).Title("48 by 32"))
	// Output: 48 by 32; image of 48 by 32 pixels
}

func ExampleGrid() {
	var figs []*plotting.Figure
	for d := range 10 {
		m := make([][]float64, 8)
		for i := range m {
			m[i] = make([]float64, 8)
			for j := range m[i] {
				m[i][j] = math.Abs(math.Hypot(float64(i)-3.5, float64(j)-3.5) - float64(d)/2)
			}
		}
		figs = append(figs, plotting.Image(m).Title(string(rune('0'+d))))
	}
	show("grid", plotting.Grid(2, 5, figs...).Title("Ten rings"))
	// Output: Ten rings; grid of 10 figures; 0; image of 8 by 8 pixels; 1; image of 8 by 8 pixels; 2; image of 8 by 8 pixels; 3; image of 8 by 8 pixels; 4; image of 8 by 8 pixels; 5; image of 8 by 8 pixels; 6; image of 8 by 8 pixels; 7; image of 8 by 8 pixels; 8; image of 8 by 8 pixels; 9; image of 8 by 8 pixels
}

func ExampleGrid_figures() {
	show("mixed", plotting.Grid(1, 3,
		plotting.Line(math.Sin, -3, 3).Title("sin"),
		plotting.HeatMap([][]int{{5, 1}, {0, 7}}).Title("confusion"),
		plotting.Hist([]int{1, 2, 2, 3}).Title("counts")).Theme("dark"))
	// Output: grid of 3 figures; sin; line of 512 points, x -3 to 3, y -1 to 1; confusion; heat map of 2 rows and 2 columns, values 0 to 7; counts; histogram of 4 values in 3 bins, from 1 to 3
}

func ExampleFigure_LogY() {
	ys := []float64{1000, 300, 80, 20, math.NaN(), 2, 0.5, 0.1, 0.02, 0.005}
	show("log", plotting.Line(ys).LogY().Title("Error by iteration").XLabel("iteration"))
	// Output: Error by iteration; line of 9 points, x 0 to 9, y 0.005 to 1000; x axis: iteration; 1 value is NaN or infinite and not drawn
}
