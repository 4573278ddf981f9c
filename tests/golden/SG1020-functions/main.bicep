// A function's parameters and result have types
func plain(a) string => a
func noResult(a string) => a
func noArrow(a string) string { a: 1 }
func (a string) string => a
