using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Output;

/// <summary><c>-o</c>: a table for people (wide for more of it), JSON or YAML for programs.</summary>
internal static class StructuredOutput
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes the option.</summary>
    public static Option<string> Option()
    {
        var option = new Option<string>("--output", "-o") { Description = "table, wide (with more columns where there are), json or yaml.", DefaultValueFactory = _ => "table" };
        option.AcceptOnlyFromAmong("table", "wide", "json", "yaml");
        return option;
    }

    /// <summary>Writes a value in a program's format.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="output">Where to.</param>
    /// <param name="format">What <c>-o</c> says.</param>
    /// <param name="value">The value.</param>
    /// <returns>False: it wants a table.</returns>
    public static async Task<bool> TryWriteAsync<T>(TextWriter output, string? format, T value)
    {
        if (format is not ("json" or "yaml"))
        {
            return false;
        }

        var json = JsonSerializer.Serialize(value, Json);
        // JSON is YAML.
        await output.WriteAsync(format == "json" ? json + "\n" : ManifestWriter.ToYaml(YamlTreeReader.Read(json, 0)!));
        return true;
    }
}
