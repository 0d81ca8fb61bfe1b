package origin

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// insert adds the rows from id to before end, all or none. A batch is whole, so the
// number of rows says which comes next.
func insert(ctx context.Context, db *sql.DB, table string, id, end int, row func(id int) []any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var args []any
	for id < end {
		rows := min(rowsAtOnce, end-id)
		args = args[:0]
		for range rows {
			args = append(args, row(id)...)
			id++
		}
		if _, err := tx.ExecContext(ctx, insertion(table, len(args)/rows, rows), args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// insertion is "INSERT INTO table VALUES ($1, $2), ($3, $4)".
func insertion(table string, columns, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s VALUES ", table)
	for i := range columns * rows {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	b.WriteByte(')')
	return b.String()
}
