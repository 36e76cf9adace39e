// Command gen writes the tables of internal/sandbox/model from AWS's public API
// models, as botocore carries them.
//
// It guarantees that the same input gives the same bytes. Run it by hand, after
// raising botocore, and commit what it writes:
//
//	go run ./internal/sandbox/gen -data SITE-PACKAGES/botocore/data -out internal/sandbox/model
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	data := flag.String("data", "", "botocore's data folder")
	out := flag.String("out", "", "folder of the model package")
	flag.Parse()
	if err := run(*data, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes one zz_NAME.go for each source.
func run(data, out string) error {
	if data == "" || out == "" {
		return fmt.Errorf("both -data and -out are needed")
	}
	for _, src := range sources() {
		text, err := generate(data, src)
		if err != nil {
			return fmt.Errorf("%s: %w", src.name, err)
		}
		path := filepath.Join(out, "zz_"+src.name+".go")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate reads one service's model and writes its table.
func generate(data string, src source) ([]byte, error) {
	api, err := readAPI(data, src.folder)
	if err != nil {
		return nil, err
	}
	reached, err := api.reach(src.operations)
	if err != nil {
		return nil, err
	}
	return render(src, api, reached)
}
