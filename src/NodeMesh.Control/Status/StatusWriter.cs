using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Control.Status;

/// <summary>
/// Keeps one JSON file <c>KIND.NAMESPACE.NAME.json</c> per resource that has a status (<c>KIND..NAME.json</c> without a namespace;
/// <c>KIND.GROUP.NAMESPACE.NAME.json</c> where two groups have a kind of that name). Files are renamed into place, written only when they change, and removed with their resource.
/// </summary>
internal sealed class StatusWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Kinds that two groups have.</summary>
    private static readonly FrozenSet<string> Ambiguous = ResourceKinds.All.GroupBy(k => k.Kind).Where(g => g.Count() > 1).Select(g => g.Key).ToFrozenSet(StringComparer.Ordinal);

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);
    private bool _loaded;

    /// <summary>Makes a writer.</summary>
    /// <param name="directory">The directory; made when missing.</param>
    /// <param name="time">The clock.</param>
    public StatusWriter(string directory, TimeProvider time)
    {
        _directory = directory;
        _time = time;
    }

    /// <summary>The name of a resource's file.</summary>
    /// <param name="origin">The resource.</param>
    /// <returns>The name, without a directory.</returns>
    public static string FileName(ResourceOrigin origin) =>
        Ambiguous.Contains(origin.Kind) ? $"{origin.Kind}.{origin.Group}.{origin.Namespace}.{origin.Name}.json" : $"{origin.Kind}.{origin.Namespace}.{origin.Name}.json";

    /// <summary>Brings the files to what is given.</summary>
    /// <param name="statuses">All statuses.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(ImmutableDictionary<ResourceOrigin, ResourceStatus> statuses)
    {
        Load();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (origin, status) in statuses)
        {
            var name = FileName(origin);
            if (name.AsSpan().ContainsAny('/', '\0'))
            {
                continue;
            }

            present.Add(name);
            var old = _written.GetValueOrDefault(name);
            var text = Render(status, old);
            if (text != old)
            {
                var path = Path.Combine(_directory, name);
                File.WriteAllText($"{path}.new", text);
                File.Move($"{path}.new", path, true);
                _written[name] = text;
            }
        }

        foreach (var gone in _written.Keys.Where(name => !present.Contains(name)).ToList())
        {
            File.Delete(Path.Combine(_directory, gone));
            _written.Remove(gone);
        }
    }

    private void Load()
    {
        if (_loaded)
        {
            return;
        }

        Directory.CreateDirectory(_directory);
        foreach (var file in Directory.EnumerateFiles(_directory, "*.json"))
        {
            _written[Path.GetFileName(file)] = File.ReadAllText(file);
        }

        _loaded = true;
    }

    private string Render(ResourceStatus status, string? old) => StatusJson.Build(status, StatusJson.Parse(old), _time.GetUtcNow()).ToJsonString(Indented) + "\n";
}
