using System.Collections.Immutable;
using NodeMesh.Charts.Templates;
using NodeMesh.Charts.Values;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Charts;

/// <summary>A Helm chart of the subset that docs/charts.md lists, rendered without Helm.</summary>
public sealed class Chart
{
    /// <summary>What must be there before what uses it; Helm's order.</summary>
    private static readonly ImmutableArray<string> Order =
    [
        "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap", "CustomResourceDefinition",
        "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "Deployment", "DaemonSet", "ValidatingWebhookConfiguration",
    ];

    private readonly ChartFiles _files;
    private readonly TemplateSet _definitions = new();
    private readonly List<(string File, IReadOnlyList<TemplateNode> Body)> _templates = [];
    private readonly SortedDictionary<string, object?> _about;

    /// <summary>Reads a chart; all templates are parsed.</summary>
    /// <param name="files">Its files.</param>
    /// <exception cref="ChartException">A template has a mistake; the message names file and line.</exception>
    public Chart(ChartFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _about = ValuesFile.Parse("Chart.yaml", files["Chart.yaml"]);
        foreach (var (path, text) in files.Below("templates/").Where(f => Path.GetExtension(f.Key) is ".yaml" or ".tpl"))
        {
            var body = TemplateParser.Parse(path, text, _definitions);
            if (!Path.GetFileName(path).StartsWith('_'))
            {
                _templates.Add((path, body));
            }
        }
    }

    /// <summary>The chart's name.</summary>
    public string Name => Required("name");

    /// <summary>The chart's version.</summary>
    public string Version => Required("version");

    /// <summary>The profiles: values files that come with the chart.</summary>
    public IEnumerable<string> Profiles => _files.Below("profiles/").Select(f => Path.GetFileNameWithoutExtension(f.Key));

    /// <summary>The definitions of kinds that come with the chart.</summary>
    public IReadOnlyList<RenderedObject> Definitions() => [.. _files.Below("crds/").SelectMany(f => Objects(f.Key, f.Value))];

    /// <summary>Puts values together: the chart's own, the profile's, then each layer.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="layers">What the user gives, in order.</param>
    /// <returns>The values, which keep to the schema.</returns>
    /// <exception cref="ChartException">There is no such profile, or a value is not what the schema asks for.</exception>
    public ChartValues Values(string profile, IEnumerable<ValuesLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var values = ValuesFile.Parse("values.yaml", _files["values.yaml"]);
        var path = $"profiles/{profile}.yaml";
        if (!_files.Has(path))
        {
            throw new ChartException($"there is no profile '{profile}'; there are {string.Join(", ", Profiles)}");
        }

        ValuesFile.Merge(values, ValuesFile.Parse(path, _files[path]));
        foreach (var layer in layers)
        {
            layer.ApplyTo(values);
        }

        if (_files.Has("values.schema.json"))
        {
            ValuesSchema.Parse(_files["values.schema.json"]).Check(values);
        }

        return new ChartValues(values);
    }

    /// <summary>Renders all templates.</summary>
    /// <param name="release">For what.</param>
    /// <param name="values">The values.</param>
    /// <returns>The objects, in the order in which they are to be made.</returns>
    /// <exception cref="ChartException">A template uses what is not there, or makes what is no object.</exception>
    public IReadOnlyList<RenderedObject> Render(ChartRelease release, ChartValues values)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(values);
        var objects = new List<RenderedObject>();
        foreach (var (file, body) in _templates)
        {
            objects.AddRange(Objects(file, TemplateEvaluator.Run(_definitions, file, body, Root(release, values, file))));
        }

        return [.. objects.OrderBy(o => Order.IndexOf(o.Kind) is >= 0 and var at ? at : Order.Length).ThenBy(o => o.Kind, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal)];
    }

    /// <summary>Objects as one YAML file.</summary>
    /// <param name="objects">The objects.</param>
    public static string ToYaml(IEnumerable<RenderedObject> objects) =>
        string.Join("---\n", objects.Select(o => $"# {o.Source}\n{ManifestWriter.ToYaml(o.Tree)}"));

    private static IEnumerable<RenderedObject> Objects(string file, string text)
    {
        foreach (var part in text.Split("\n---\n").Where(p => p.AsSpan().Trim() is not ("" or "---")))
        {
            ManifestNode? tree;
            try
            {
                tree = YamlTreeReader.Read(part, 0);
            }
            catch (ManifestSyntaxException e)
            {
                throw new ChartException($"{file}: what it renders to is no YAML: {e.Message}\n{part}", e);
            }

            if (tree is null)
            {
                continue;
            }

            var rendered = tree is ManifestMapping map ? new RenderedObject(file, map) : throw new ChartException($"{file}: renders to {tree.Describe()}, not to an object");
            yield return rendered is { ApiVersion.Length: > 0, Kind.Length: > 0, Name.Length: > 0 }
                ? rendered
                : throw new ChartException($"{file}: renders to an object without apiVersion, kind or name:\n{part}");
        }
    }

    private SortedDictionary<string, object?> Root(ChartRelease release, ChartValues values, string file) => Map(
        ("Values", values.Tree),
        ("Chart", Map(("Name", Name), ("Version", Version), ("AppVersion", Required("appVersion")))),
        ("Release", Map(("Name", release.Name), ("Namespace", release.Namespace), ("Service", release.Service))),
        ("Template", Map(("Name", $"{Name}/{file}"), ("BasePath", $"{Name}/templates"))),
        ("Capabilities", Map(
            ("KubeVersion", Map(("Version", release.KubeVersion), ("Minor", release.KubeVersion.Split('.') is [_, var minor, ..] ? minor : throw new ChartException($"'{release.KubeVersion}' is no version of Kubernetes: write such as v1.33.0")))),
            ("APIVersions", new TemplateObject(new Dictionary<string, Func<IReadOnlyList<object?>, object?>>(StringComparer.Ordinal)
            {
                ["Has"] = a => a is [string asked] ? release.ApiVersions.Contains(asked) : throw new ChartException($"{file}: .Capabilities.APIVersions.Has takes one string"),
            })))));

    private string Required(string field) =>
        _about.TryGetValue(field, out var value) && value is string { Length: > 0 } text ? text : throw new ChartException($"Chart.yaml: {field} is missing, or no string");

    private static SortedDictionary<string, object?> Map(params ReadOnlySpan<(string Key, object? Value)> entries)
    {
        var map = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }

        return map;
    }
}
