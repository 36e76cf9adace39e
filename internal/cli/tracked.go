package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecs-reconciler/internal/vault"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load"
	"ecs-reconciler/pkg/spec/load/gitrepo"
)

// tracked are warnings of files that secrets are made of and that git tracks in
// the clear. Without git, or outside of a repository, there are none; that git
// does not answer is no fault of the spec.
func (a *app) tracked(ctx context.Context, d *spec.Deployment) []spec.Warning {
	dir, files, err := a.exposed(ctx, d)
	if err != nil {
		return []spec.Warning{{Message: fmt.Sprintf("it is not known whether git tracks secrets in the clear: %v", err)}}
	}
	var list []spec.Warning
	for _, file := range files {
		list = append(list, spec.Warning{At: spec.Position{File: shown(dir, file)}, Message: "git tracks this file, and it holds values of secrets in the clear",
			Hint: "encrypt it with `reconciler vault encrypt`, or let git-crypt lock it; what was committed stays in git's history"})
	}
	return list
}

// exposed are such files, and the working directory.
func (a *app) exposed(ctx context.Context, d *spec.Deployment) (dir string, files []string, err error) {
	dir, err = a.WorkDir()
	if err != nil {
		return "", nil, fmt.Errorf("cannot tell the working directory: %w", err)
	}
	folder, err := load.Find(load.Options{Dir: a.global.deployConfig, WorkDir: dir})
	if err != nil {
		return "", nil, err
	}
	repo, err := gitrepo.Find(folder)
	if err != nil || repo == nil || !gitrepo.Installed() {
		return dir, nil, err
	}
	files, err = inTheClear(ctx, repo, sourceFiles(d, folder))
	return dir, files, err
}

// sourceFiles are the files that what must not be shown is made of, sorted.
func sourceFiles(d *spec.Deployment, folder string) []string {
	var sources []spec.Source
	for _, s := range d.Secrets {
		sources = append(sources, s.From)
	}
	for _, p := range d.Parameters {
		if !p.Shown {
			sources = append(sources, p.From)
		}
	}
	var files []string
	for _, s := range sources {
		for _, file := range s.Files() {
			files = append(files, filepath.Join(folder, filepath.FromSlash(file)))
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// inTheClear are those of files that git tracks, that no filter of git-crypt
// covers and that are not encrypted themselves.
func inTheClear(ctx context.Context, repo *gitrepo.Repo, files []string) ([]string, error) {
	byPath := map[string]string{}
	var paths []string
	for _, file := range files {
		if path, ok := repo.Path(file); ok {
			byPath[path] = file
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	tracked, err := repo.Tracked(ctx, paths)
	if err != nil || len(tracked) == 0 {
		return nil, err
	}
	filters, err := repo.Filters(ctx, tracked)
	if err != nil {
		return nil, err
	}
	var open []string
	for _, path := range tracked {
		if gitrepo.IsGitCrypt(filters[path]) {
			continue
		}
		data, err := os.ReadFile(byPath[path])
		if err != nil {
			return nil, err
		}
		if !vault.IsSealed(data) {
			open = append(open, byPath[path])
		}
	}
	return open, nil
}

// shown is a file as it reads best from the working directory.
func shown(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}
