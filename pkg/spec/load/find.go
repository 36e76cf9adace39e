package load

import (
	"errors"
	"path/filepath"
	"slices"
)

// Find is the absolute path of the deploy_config folder that o means. Only one
// that is searched for is certain to exist.
func Find(o Options) (string, error) {
	if o.Dir == "" {
		return search(o.WorkDir)
	}
	if !filepath.IsAbs(o.Dir) {
		return filepath.Join(o.WorkDir, o.Dir), nil
	}
	return o.Dir, nil
}

// Environments names those that the folder has, sorted: CloudReactor's by their
// files, and those of reconciler.yaml.
func Environments(o Options) (names []string, err error) {
	f, err := openFolder(o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.root.Close()) }()
	l := &loader{Options: o, folder: f}
	if names, err = l.varsNames(); err != nil || !f.exists(projectFile) {
		return names, err
	}
	nodes, err := l.documents(projectFile)
	if err != nil || len(nodes) == 0 {
		return names, err
	}
	if environments := nodes[0].Get("spec").Get("environments"); environments != nil {
		for _, field := range environments.Fields {
			names = append(names, field.KeyText())
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
