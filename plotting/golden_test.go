package plotting_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/ingot-go/ingot/plotting"
	"github.com/ingot-go/ingot/plotting/golden"
)

var update = flag.Bool("update", false, "write the golden pictures in testdata")

// show is the body of every example: it prints the alternative text, and what
// differs from the golden files if anything does.
func show(name string, fig *plotting.Figure) {
	fmt.Println(fig.Alt())
	pic, err := fig.PNG()
	if err != nil {
		fmt.Println("png:", err)
		return
	}
	doc, err := fig.SVG()
	if err != nil {
		fmt.Println("svg:", err)
		return
	}
	text, err := fig.Text()
	if err != nil {
		fmt.Println("text:", err)
		return
	}
	for _, g := range []struct {
		file string
		data []byte
		same func(want, got []byte) error
	}{
		{name + ".png", pic, samePicture},
		{name + ".svg", []byte(doc), sameBytes},
		{name + ".txt", []byte(text + "\n"), sameBytes},
	} {
		path := filepath.Join("testdata", g.file)
		if *update {
			if err := os.WriteFile(path, g.data, 0o644); err != nil {
				fmt.Println(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err == nil {
			err = g.same(want, g.data)
		}
		if err != nil {
			fmt.Printf("%s: %v (go test -update writes it anew)\n", path, err)
		}
	}
}

func sameBytes(want, got []byte) error {
	if !bytes.Equal(want, got) {
		return fmt.Errorf("differs; got\n%.4000s", got)
	}
	return nil
}

func samePicture(want, got []byte) error {
	a, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		return err
	}
	b, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		return err
	}
	diff, err := golden.Compare(a, b)
	if err == nil && diff > golden.Tolerance {
		err = fmt.Errorf("differs by %.4f, more than %g", diff, golden.Tolerance)
	}
	if err != nil {
		return fmt.Errorf("%w; got\n%s", err, base64.StdEncoding.EncodeToString(got))
	}
	return nil
}
