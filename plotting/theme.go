package plotting

import (
	"fmt"
	"image/color"
	"sync/atomic"
)

// theme is the look of a figure; lengths are CSS pixels.
type theme struct {
	paper, ink, faint, soft color.NRGBA   // background; text and spines; grid; notes and missing cells
	cycle                   []color.NRGBA // of marks, in order; told apart also with colour-blind eyes (Okabe and Ito, 2008)
}

const (
	titleSize = 16.0
	labelSize = 13.0
	tickSize  = 12.0
	noteSize  = 11.0
	lineWidth = 2.0
)

var themes = map[string]*theme{
	"light": {
		paper: rgb(0xffffff), ink: rgb(0x333333), faint: rgb(0xe6e6e6), soft: rgb(0x777777),
		cycle: []color.NRGBA{rgb(0x0072b2), rgb(0xd55e00), rgb(0x009e73), rgb(0xcc79a7), rgb(0xe69f00), rgb(0x56b4e9)},
	},
	"dark": {
		paper: rgb(0x111111), ink: rgb(0xd8d8d8), faint: rgb(0x333333), soft: rgb(0x999999),
		cycle: []color.NRGBA{rgb(0x56b4e9), rgb(0xe69f00), rgb(0x2fc79b), rgb(0xe398c3), rgb(0xf0e442), rgb(0xff7b39)},
	},
}

var defaultTheme atomic.Pointer[string]

// SetTheme sets the colours of figures that do not choose their own: "light",
// which is the default, or "dark".
func SetTheme(name string) error {
	if _, err := themeNamed(name); err != nil {
		return err
	}
	defaultTheme.Store(&name)
	return nil
}

func themeNamed(name string) (*theme, error) {
	if t := themes[name]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("theme: no theme %q, want \"light\" or \"dark\"", name)
}

func (f *Figure) look() *theme {
	if t := themes[f.theme]; t != nil {
		return t
	}
	if name := defaultTheme.Load(); name != nil {
		return themes[*name]
	}
	return themes["light"]
}

func (t *theme) color(i int) color.NRGBA { return t.cycle[i%len(t.cycle)] }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func fade(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(alpha*255 + 0.5)
	return c
}
