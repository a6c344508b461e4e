// Command nbdiff compares the outputs of two runs of one notebook, text exactly
// and pictures within a tolerance:
//
//	nbdiff WANT.ipynb GOT.ipynb
//
// It prints what differs and exits with status 1 if anything does.
package main

import (
	"fmt"
	"os"

	"github.com/ingot-go/ingot/notebook"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: nbdiff WANT.ipynb GOT.ipynb")
		os.Exit(2)
	}
	want, err := read(os.Args[1])
	if err == nil {
		var got *notebook.Notebook
		if got, err = read(os.Args[2]); err == nil {
			report(notebook.Compare(want, got), len(want.Cells))
			return
		}
	}
	fmt.Fprintln(os.Stderr, "nbdiff:", err)
	os.Exit(2)
}

func report(diffs []string, cells int) {
	for _, d := range diffs {
		fmt.Println(d)
	}
	if len(diffs) > 0 {
		os.Exit(1)
	}
	fmt.Printf("count: %d cells agree\n", cells)
}

func read(path string) (*notebook.Notebook, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	nb, err := notebook.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nb, nil
}
