// Renders the chart with Go's own text/template and sprig, as Helm does, and the cases of TemplateTests.cs, and compares with what NodeMesh.Charts writes.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

type versions []string

func (v versions) Has(name string) bool {
	for _, one := range v {
		if one == name {
			return true
		}
	}
	return false
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toYaml"] = func(v interface{}) (string, error) {
		text, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all["required"] = func(message string, v interface{}) (interface{}, error) {
		if v == nil || v == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return v, nil
	}
	all["include"] = func(name string, data interface{}) (string, error) {
		var out bytes.Buffer
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	return all
}

func merge(into, over map[string]interface{}) {
	for k, v := range over {
		a, isMap := into[k].(map[string]interface{})
		b, andMap := v.(map[string]interface{})
		if isMap && andMap {
			merge(a, b)
		} else {
			into[k] = v
		}
	}
}

func read(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	check(err)
	values := map[string]interface{}{}
	check(yaml.Unmarshal(text, &values))
	return values
}

// objects parses the documents of a text, by kind and name.
func objects(text string) map[string]interface{} {
	all := map[string]interface{}{}
	for _, part := range strings.Split("\n"+text, "\n---") {
		var one map[string]interface{}
		check(yaml.Unmarshal([]byte(part+"\n"), &one))
		if one != nil {
			all[fmt.Sprint(one["kind"], " ", one["metadata"].(map[string]interface{})["name"])] = one
		}
	}
	return all
}

func chart(directory, profile, ours string) int {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	files, err := filepath.Glob(directory + "/templates/*")
	check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		_, err = root.New(filepath.Base(file)).Parse(string(text))
		check(err)
	}
	values := read(directory + "/values.yaml")
	merge(values, read(directory+"/profiles/"+profile+".yaml"))
	about := read(directory + "/Chart.yaml")
	data := map[string]interface{}{
		"Values":       values,
		"Chart":        map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release":      map[string]interface{}{"Name": "nodemesh", "Namespace": "nodemesh-system", "Service": "nodemesh"},
		"Capabilities": map[string]interface{}{"KubeVersion": map[string]interface{}{"Version": "v1.29.0", "Minor": "29"}, "APIVersions": versions{"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1"}},
	}
	var out bytes.Buffer
	for _, file := range files {
		if strings.HasSuffix(file, ".yaml") {
			out.WriteString("\n---\n")
			check(root.ExecuteTemplate(&out, filepath.Base(file), data))
		}
	}
	text, err := os.ReadFile(ours)
	check(err)
	theirs, own := objects(out.String()), objects(string(text))
	differences := 0
	for name, object := range theirs {
		if !reflect.DeepEqual(object, own[name]) {
			fmt.Printf("%s: %s differs\nGo:   %v\nours: %v\n", profile, name, object, own[name])
			differences++
		}
	}
	for name := range own {
		if theirs[name] == nil {
			fmt.Printf("%s: %s is ours alone\n", profile, name)
			differences++
		}
	}
	fmt.Printf("%s: %d objects, %d differences\n", profile, len(theirs), differences)
	return differences
}

func cases(source string) int {
	text, err := os.ReadFile(source)
	check(err)
	all := string(text)
	block := regexp.MustCompile(`(?s)"""\n(.*?)\n\s*""";`).FindStringSubmatch(all)[1]
	values := map[string]interface{}{}
	check(yaml.Unmarshal([]byte(block), &values))
	accepted := all[:strings.Index(all, "Run_OfTheSubset")]
	differences, count := 0, 0
	for _, match := range regexp.MustCompile(`\[InlineData\(("(?:[^"\\]|\\.)*"), ("(?:[^"\\]|\\.)*")\)\]`).FindAllStringSubmatch(accepted, -1) {
		source, err := strconv.Unquote(match[1])
		check(err)
		expected, err := strconv.Unquote(match[2])
		check(err)
		root := template.New("case").Option("missingkey=zero")
		root.Funcs(functions(root))
		_, err = root.Parse(source)
		check(err)
		var out bytes.Buffer
		check(root.Execute(&out, values))
		count++
		if out.String() != expected {
			fmt.Printf("%q\nGo:       %q\nexpected: %q\n", source, out.String(), expected)
			differences++
		}
	}
	fmt.Printf("TemplateTests.cs: %d cases, %d differences\n", count, differences)
	return differences
}

func main() {
	differences := cases(os.Args[1])
	for _, argument := range os.Args[3:] {
		profile := strings.TrimSuffix(filepath.Base(argument), ".yaml")
		differences += chart(os.Args[2], profile, argument)
	}
	if differences > 0 {
		os.Exit(1)
	}
}
