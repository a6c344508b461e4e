package main

import (
	"os"
	"testing"
)

// TestDrift: the kernels are what gen writes.
func TestDrift(t *testing.T) {
	got, err := os.ReadFile("../kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text() {
		t.Error("kernels_amd64.s is stale: run go generate ./cpu/internal/gemm")
	}
}
