using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeMesh.Agent.Installation;

/// <summary>Puts the plugin into CNI configurations as the last of the chain, and takes it out again; everything else stays as somebody wrote it.</summary>
internal static class ConflistEditor
{
    /// <summary>The plugin's name, which is its program's.</summary>
    public const string PluginType = "nodemesh-cni";

    /// <summary>Beside the plugins, in a list that was made of a single configuration: that one's file name.</summary>
    private const string ConvertedFrom = "nodemesh.io/converted-from";

    private const string Plugins = "plugins";

    // Not escaped more than JSON asks for: people read these files.
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Read = new() { CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Adds the plugin to a list.</summary>
    /// <param name="conflist">The list.</param>
    /// <param name="socket">The agent's socket, as the host sees it.</param>
    /// <param name="excluded">Namespaces whose pods start without the agent.</param>
    /// <returns>The new text; null when the list is as it should be.</returns>
    /// <exception cref="CniConfigurationException">It is no list of plugins.</exception>
    public static string? Chain(string conflist, string socket, ImmutableArray<string> excluded)
    {
        var list = Parse(conflist);
        var plugins = PluginsOf(list);
        var own = Plugin(socket, excluded);
        if (plugins.Count(IsOwn) == 1 && JsonNode.DeepEquals(plugins[^1], own))
        {
            return null;
        }

        if (plugins.All(IsOwn))
        {
            throw new CniConfigurationException("plugins: is empty");
        }

        RemoveOwn(plugins);
        plugins.Add(own);
        return list.ToJsonString(Written) + "\n";
    }

    /// <summary>Makes a list of a single plugin's configuration, with ours behind it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="file">Its file's name.</param>
    /// <param name="socket">The agent's socket, as the host sees it.</param>
    /// <param name="excluded">Namespaces whose pods start without the agent.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CniConfigurationException">It is no plugin's configuration.</exception>
    public static string Convert(string configuration, string file, string socket, ImmutableArray<string> excluded)
    {
        var plugin = Parse(configuration);
        if (Text(plugin["type"]) is not { Length: > 0 })
        {
            throw new CniConfigurationException("type: is missing");
        }

        var list = new JsonObject();
        foreach (var member in (string[])["cniVersion", "name"])
        {
            if (plugin[member] is { } value)
            {
                list[member] = value.DeepClone();
            }
        }

        list[ConvertedFrom] = file;
        list[Plugins] = new JsonArray(plugin, Plugin(socket, excluded));
        return list.ToJsonString(Written) + "\n";
    }

    /// <summary>Takes the plugin out of a list.</summary>
    /// <param name="conflist">The list.</param>
    /// <returns>The new text; null when it is not in there.</returns>
    /// <exception cref="CniConfigurationException">It is no list of plugins.</exception>
    public static string? Unchain(string conflist)
    {
        var list = Parse(conflist);
        var plugins = PluginsOf(list);
        return plugins.Any(IsOwn) && RemoveOwn(plugins) ? list.ToJsonString(Written) + "\n" : null;
    }

    /// <summary>The file that a list was made of; null for somebody else's list.</summary>
    /// <param name="conflist">The list.</param>
    public static string? SourceOf(string conflist)
    {
        try
        {
            return Text(Parse(conflist)[ConvertedFrom]) is { Length: > 0 } name && !name.Contains('/', StringComparison.Ordinal) ? name : null;
        }
        catch (CniConfigurationException)
        {
            return null;
        }
    }

    /// <summary>Whether a text is a configuration that a runtime would take.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isList">Whether it must be a list.</param>
    public static bool IsValid(string text, bool isList)
    {
        try
        {
            var parsed = Parse(text);
            return isList ? PluginsOf(parsed).Any(p => !IsOwn(p)) : Text(parsed["type"]) is { Length: > 0 };
        }
        catch (CniConfigurationException)
        {
            return false;
        }
    }

    private static JsonObject Plugin(string socket, ImmutableArray<string> excluded) => new()
    {
        ["type"] = PluginType,
        ["socket"] = socket,
        ["excludeNamespaces"] = new JsonArray([.. excluded.Select(e => (JsonNode)e)]),
    };

    private static bool IsOwn(JsonNode? plugin) => plugin is JsonObject o && Text(o["type"]) == PluginType;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool RemoveOwn(JsonArray plugins)
    {
        for (var i = plugins.Count - 1; i >= 0; i--)
        {
            if (IsOwn(plugins[i]))
            {
                plugins.RemoveAt(i);
            }
        }

        return true;
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Read) as JsonObject ?? throw new CniConfigurationException("it is no JSON object");
        }
        catch (JsonException e)
        {
            throw new CniConfigurationException($"it is no JSON: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            // The same member twice.
            throw new CniConfigurationException(e.Message, e);
        }
    }

    private static JsonArray PluginsOf(JsonObject list) => list[Plugins] as JsonArray ?? throw new CniConfigurationException("plugins: is missing");
}
