// Package hook holds the two questions that package mlx asks its surroundings.
// A session answers them; in an ordinary program they stay as they are here.
package hook

// Where tells which line of user code is running, such as "In[3]:7", for error
// messages and gradient tables. The empty string means unknown.
var Where = func() string { return "" }

// Stop reports a non-nil error when the user has asked to stop. Evaluation and
// derivatives ask it between steps.
var Stop = func() error { return nil }
