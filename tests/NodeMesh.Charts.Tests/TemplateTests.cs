using NodeMesh.Charts.Templates;
using NodeMesh.Charts.Values;

namespace NodeMesh.Charts.Tests;

/// <summary>The expected texts are what Go's text/template with sprig writes: <c>scripts/compare-templates</c> reads the cases of this file and asks it.</summary>
public sealed class TemplateTests
{
    private const string Values =
        """
        name: web
        empty: ""
        enabled: true
        disabled: false
        port: 15012
        big: 1234567
        share: 0.5
        list: [a, b]
        none: []
        map: {b: 2, a: one}
        nothing: {}
        """;

    [Theory]
    [InlineData("a {{ .name }} b", "a web b")]
    [InlineData("a {{- .name -}} b", "awebb")]
    [InlineData("a\n{{- /* comment */ -}}\nb", "ab")]
    [InlineData("{{ .port }} {{ .big }} {{ .share }} {{ int .big }}", "15012 1.234567e+06 0.5 1234567")]
    [InlineData("{{ if .empty }}x{{ else if .disabled }}y{{ else }}z{{ end }}", "z")]
    [InlineData("{{ if and .enabled (not .disabled) }}x{{ end }}", "x")]
    [InlineData("{{ with .name }}{{ . }}{{ $.port }}{{ else }}none{{ end }}", "web15012")]
    [InlineData("{{ with .empty }}{{ . }}{{ else }}none of {{ .name }}{{ end }}", "none of web")]
    [InlineData("{{ range .list }}[{{ . }}]{{ end }}", "[a][b]")]
    [InlineData("{{ range $i, $v := .list }}{{ $i }}={{ $v }};{{ end }}", "0=a;1=b;")]
    [InlineData("{{ range $k, $v := .map }}{{ $k }}={{ $v }};{{ end }}", "a=one;b=2;")]
    [InlineData("{{ range .none }}x{{ else }}nobody{{ end }}", "nobody")]
    [InlineData("{{ $x := .name }}{{ if .enabled }}{{ $x = \"api\" }}{{ end }}{{ $x }}", "api")]
    [InlineData("{{ $x := .name }}{{ if .enabled }}{{ $x := \"api\" }}{{ $x }}{{ end }}{{ $x }}", "apiweb")]
    [InlineData("{{ default \"d\" .empty }}{{ .name | default \"d\" }}", "dweb")]
    [InlineData("{{ quote .name }} {{ .port | quote }} {{ \"a\\\"b\" | quote }}", "\"web\" \"15012\" \"a\\\"b\"")]
    [InlineData("{{ eq .name \"web\" }} {{ eq .name \"a\" \"web\" }} {{ ne .name \"web\" }} {{ gt (int .port) 1 }} {{ lt 2 1 }}", "true true false true false")]
    [InlineData("x:{{ toYaml .list | nindent 2 }}", "x:\n  - a\n  - b")]
    [InlineData("x:\n{{ \"a\\nb\" | indent 2 }}", "x:\n  a\n  b")]
    [InlineData("{{ printf \"%s-%d-%v%%\" .name (int .port) .enabled }}", "web-15012-true%")]
    [InlineData("{{ .name | trunc 2 }} {{ trimSuffix \"b\" .name }} {{ replace \"e\" \"a\" .name }}", "we we wab")]
    [InlineData("{{ join \",\" .list }} {{ hasKey .map \"a\" }} {{ add .port 10 }}", "a,b true 15022")]
    [InlineData("{{ \"a\" | sha256sum | trunc 8 }}", "ca978112")]
    [InlineData("{{ define \"n\" }}<{{ .name }}>{{ end }}{{ include \"n\" . | quote }}", "\"<web>\"")]
    [InlineData("{{ or .empty .name }} {{ and .name .port }}", "web 15012")]
    [InlineData("{{ `raw \\n` }}", "raw \\n")]
    public void Run_OfTheSubset_WritesWhatGoWrites(string template, string expected) => Assert.Equal(expected, Run(template));

    [Theory]
    [InlineData("a\n{{ .missing }}", "t.yaml:2: .missing is not set")]
    [InlineData("{{ .map.c }}", "t.yaml:1: .map.c is not set")]
    [InlineData("{{ .name.first }}", "t.yaml:1: .name.first: a string has no field first")]
    [InlineData("{{ lookup \"v1\" }}", "the function \"lookup\" is not known")]
    [InlineData("{{ .list }}", "a list cannot be written")]
    [InlineData("{{ if .enabled }}x", "the if of line 1 is not closed")]
    [InlineData("x{{ end }}", "closes nothing")]
    [InlineData("{{ .name ", "an action is not closed")]
    [InlineData("{{ }}", "an action is empty")]
    [InlineData("{{ eq .port 15012 }}", "cannot be compared")]
    [InlineData("{{ \"x\" | nindent .port }}", "nindent takes an integer")]
    [InlineData("{{ quote }}", "quote takes 1 arguments, and has 0")]
    [InlineData("{{ include \"nobody\" . }}", "nothing is defined as \"nobody\"")]
    [InlineData("{{ define \"n\" }}{{ include \"n\" . }}{{ end }}{{ include \"n\" . }}", "includes itself without end")]
    [InlineData("{{ required \"give a name\" .empty }}", "t.yaml:1: give a name")]
    [InlineData("{{ fail \"no\" }}", "t.yaml:1: no")]
    [InlineData("{{ $x }}", "$x is not declared")]
    [InlineData("{{ if .enabled }}{{ $x := 1 }}{{ end }}{{ $x }}", "$x is not declared")]
    [InlineData("{{ printf \"%d\" .name }}", "%d does not take a string")]
    [InlineData("{{ template \"n\" . }}", "template is not served")]
    [InlineData("{{ 'a' }}", "has no meaning in an action")]
    [InlineData("{{ \"a\\qb\" }}", "is not known here")]
    public void Run_OutsideTheSubset_NamesFileLineAndReason(string template, string expected)
    {
        var error = Assert.Throws<ChartException>(() => Run(template));

        Assert.StartsWith("t.yaml:", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static string Run(string template)
    {
        var set = new TemplateSet();
        var body = TemplateParser.Parse("t.yaml", template, set);
        return TemplateEvaluator.Run(set, "t.yaml", body, ValuesFile.Parse("values.yaml", Values));
    }
}
