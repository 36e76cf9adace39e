package source

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// folderName is the folder of a project that has its specs.
const folderName = "deploy_config"

// isSpec tells whether a file of a deploy_config says what there is to be: the
// project's, a task's or an environment's.
func isSpec(name string) bool {
	dir, ext := path.Dir(name), path.Ext(name)
	return name == "reconciler.yaml" || (dir == "tasks" || dir == "vars") && (ext == ".yaml" || ext == ".yml")
}

// isMark tells whether a file makes a folder of any name a deploy_config. Tasks
// alone do not: other tools have them too.
func isMark(name string) bool { return name == "reconciler.yaml" || name == "vars/common.yml" }

// placement is where the files of a folder belong in a snapshot.
type placement struct {
	known bool
	place string // "" for a project's folder, deploy_config for one that is one itself
}

// of places the files of a folder of a name. What it was once it stays: a project
// that has no deploy_config any more is not one.
func (p *placement) of(folder string, names []string) error {
	is, err := placeOf(folder, names)
	if err == nil && p.known && is != p.place {
		err = fmt.Errorf("it is another folder than before: one was a project's with a %s, and one is a %[1]s itself", folderName)
	}
	if err == nil {
		*p = placement{true, is}
	}
	return err
}

func placeOf(folder string, names []string) (string, error) {
	itself := false
	for _, name := range names {
		if strings.HasPrefix(name, folderName+"/") {
			return "", nil
		}
		itself = itself || isMark(name) || folder == folderName && isSpec(name)
	}
	switch {
	case itself:
		return folderName, nil
	case len(names) == 0:
		return "", errors.New("there is nothing there")
	default:
		return "", fmt.Errorf("there is no %s there, nor is it one: it has no reconciler.yaml and no vars/common.yml", folderName)
	}
}

// checkWhole refuses a deploy_config that says nothing, and one of which a part
// is still to come: an empty file means no task, and no task is a task deleted.
func checkWhole(dir fs.FS) error {
	specs := 0
	for _, sub := range []string{".", "tasks", "vars"} {
		entries, err := fs.ReadDir(dir, sub)
		if errors.Is(err, fs.ErrNotExist) && sub != "." {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := path.Join(sub, e.Name())
			if !isSpec(name) {
				continue
			}
			info, err := fs.Stat(dir, name)
			if err != nil {
				return fmt.Errorf("%s/%s cannot be read: %w", folderName, name, err)
			}
			if info.Size() == 0 && sub != "vars" { // CloudReactor's may have nothing to say
				return fmt.Errorf("%s/%s is empty, as if it were still being written", folderName, name)
			}
			specs++
		}
	}
	if specs == 0 {
		return fmt.Errorf("there are no specs in %s: no reconciler.yaml, and no YAML in tasks or vars", folderName)
	}
	return nil
}
