using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Status;

/// <summary>
/// Keeps one JSON file <c>KIND.NAMESPACE.NAME.json</c> per resource that has a status (<c>KIND..NAME.json</c> without a namespace). Files are renamed into
/// place, written only when they change, and removed with their resource.
/// </summary>
internal sealed class StatusWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
    public static string FileName(ResourceOrigin origin) => $"{origin.Kind}.{origin.Namespace}.{origin.Name}.json";

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

    private string Render(ResourceStatus status, string? old)
    {
        var root = new JsonObject();
        if (status.ObservedGeneration is { } generation)
        {
            root["observedGeneration"] = generation;
        }

        var times = Transitions(old);
        root["conditions"] = new JsonArray([.. status.Conditions.Select(c => ToJson(c, times))]);
        if (!status.Messages.IsEmpty)
        {
            root["validationMessages"] = new JsonArray([.. status.Messages.Select(ToJson)]);
        }

        var text = new StringBuilder(root.ToJsonString(Indented));
        return text.Append('\n').ToString();
    }

    private JsonObject ToJson(StatusCondition condition, Dictionary<(string Type, string Status), string> times)
    {
        var status = condition.Status ? "True" : "False";
        return new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastTransitionTime"] = times.GetValueOrDefault((condition.Type, status))
                ?? _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
    }

    private static JsonObject ToJson(Finding finding)
    {
        var message = new JsonObject
        {
            ["type"] = new JsonObject { ["name"] = finding.Code },
            ["level"] = finding.Level.ToString().ToUpperInvariant(),
            ["message"] = finding.Message,
        };
        if (finding.Field.Length > 0)
        {
            message["field"] = finding.Field;
        }

        if (finding.Line > 0)
        {
            message["line"] = finding.Line;
        }

        return message;
    }

    // The time of a condition is that of its last change of status, which an earlier run of the control plane may have written.
    private static Dictionary<(string Type, string Status), string> Transitions(string? old)
    {
        var times = new Dictionary<(string, string), string>();
        if (old is null)
        {
            return times;
        }

        try
        {
            foreach (var condition in JsonNode.Parse(old)?["conditions"] as JsonArray ?? [])
            {
                if (condition?["type"]?.GetValue<string>() is { } type && condition["status"]?.GetValue<string>() is { } status
                    && condition["lastTransitionTime"]?.GetValue<string>() is { } time)
                {
                    times[(type, status)] = time;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A file that somebody else broke is written anew.
            times.Clear();
        }

        return times;
    }
}
