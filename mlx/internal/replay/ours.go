package replay

import "regexp"

// elsewhere matches errors of MLX about what this API allows: lists beside
// arrays, lengths beyond 32 bits, and what MLX has not made yet.
var elsewhere = regexp.MustCompile("array and (list|tuple)|supported range|Received 0 axes|NYI|Currently only supports")

// ours are the calls on which this API differs by intent.
var ours = map[string]string{
	"3238f0027ebd4ae7": "a mask may cover all axes of an array without axes",
	"7e063b4febc66eb3": "a slice of numbers may be set",
	"68b4ebd3ccfe53e1": "a masked place takes a value of its own size only",
	"0c1795f796f5d8a5": "a masked place takes a value of its own size only",
	"a54f349f23b96bff": "log(4e+2) is 2.555",
	"3b6b4a0d30613f2e": "an axis named twice is an error",
	"54408ee668da9204": "full casts an array to the dtype asked for",
	"7a3acb19e1fed0c7": "full casts an array to the dtype asked for",
	"aa982932f3aa709d": "full casts a number to the dtype asked for",
	"1c4bfdd52f7e73d3": "the second derivative is 0 where it is not NaN",
	"d242a9f401b6cccc": "a probability may be a whole number",
	"9c0c7aa55137f4d5": "a probability may be a whole number",
	"21cc9c141b9c259b": "a comparison with a list is element by element",
	"45ee9ebb2e987984": "log_softmax of nothing is nothing",
	"d6715d1c58a1c676": "concatenate always has an axis",
	"771a7b1dd09f5c35": "a single negative index may be taken",
	"cf3005dd9f29f9a4": "a single negative index may be taken",
	"f2c62f0bdf71ab7e": "NaN stays NaN in eight bits",
	"249fdb9ff25c1a76": "a matrix that is not positive definite has no Cholesky factor",
	"de2a4e0f965634ed": "a matrix that is not positive definite has no Cholesky factor",
	"854e6a4adcdea81d": "a matrix that is not positive definite has no Cholesky factor",
	"5a7b3f33e1c1ec7d": "a matrix that is not positive definite has no Cholesky factor",
	"9b8a35612a96494c": "the factor is computed in double precision",
	"0e3703261b2ba01f": "a norm is a real number",
	"ec44c4f793be6de5": "a norm is a real number",
	"dbf7f4b9c155d83e": "a norm is a real number",
	"6e22ddc4aefec974": "a norm is a real number",
	"9fbfdbe0b021f17d": "a norm is a real number",
	"78da3ccaf86971ab": "there are two triangles, lower and upper",
	"72a64550261feea8": "there are two triangles, lower and upper",
	"205be329dfd2aab8": "NaN is no number to count by",
	"de1e8af60c2f908b": "a single negative index may be taken",
}
