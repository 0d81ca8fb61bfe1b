package front

// Dir is the directory that nginx has for itself.
func (f *Front) Dir() string { return f.dir }
