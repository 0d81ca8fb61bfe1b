// Package settings reads strict YAML into structs by their tags.
//
//	language := settings.Language{Document: "plan", ItemName: "name", Example: "depth=3"}
//	var errs settings.Problems
//	root := language.Parse("plan.yaml", text, &errs)
//	decoder := settings.Decoder{Errs: &errs}
//	decoder.Struct(root, &plan, "a plan")
//	return errs.Err()
//
// A file is parsed into a tree of [Node], each with its place. Overrides are put
// into that tree, so that a mistake in one is found by the same checks and
// points at the override's own text. Then the tree fills a struct, by the tags
// that package tag reads. An unknown field, a number without its unit, a value
// out of range is an [Error] with file, line and column, and with a suggestion
// where a name is nearly right.
//
// What tags cannot describe, such as a mapping whose keys are the user's, is a
// type that implements [Value] and reads itself.
//
// The same tags make the JSON Schema for editors ([StructSchema]) and the
// reference in Markdown ([Document]).
package settings
