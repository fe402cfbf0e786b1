using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Metrics.Logging;

/// <summary>
/// Log levels that can be changed while a program runs. Give <see cref="IsEnabled"/> to <c>ILoggingBuilder.AddFilter</c>, with the builder's own minimum at
/// Trace: filters are asked at every call.
/// </summary>
public sealed class LogLevels
{
    private readonly ConcurrentDictionary<string, LogLevel> _categories = new(StringComparer.OrdinalIgnoreCase);
    private readonly LogLevel _start;
    private volatile LogLevel _default;

    /// <summary>Makes the levels.</summary>
    /// <param name="start">The level of every category that is not named; ASP.NET Core's own categories start at Warning.</param>
    public LogLevels(LogLevel start)
    {
        _start = start;
        Reset();
    }

    /// <summary>The levels as the endpoint shows them: the default, then each category.</summary>
    /// <returns>Words by category; the default's is <c>level</c>.</returns>
    public IReadOnlyDictionary<string, string> Snapshot() =>
        _categories.OrderBy(c => c.Key, StringComparer.OrdinalIgnoreCase).Prepend(KeyValuePair.Create("level", _default)).ToDictionary(c => c.Key, c => Word(c.Value), StringComparer.Ordinal);

    /// <summary>Decides about one message.</summary>
    /// <param name="category">The logger's category; the longest prefix that has a level counts.</param>
    /// <param name="level">The message's level.</param>
    /// <returns>True when it is logged.</returns>
    public bool IsEnabled(string? category, LogLevel level)
    {
        var least = _default;
        var longest = -1;
        foreach (var (prefix, set) in _categories)
        {
            if (prefix.Length > longest && category is not null && category.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && (category.Length == prefix.Length || category[prefix.Length] == '.'))
            {
                longest = prefix.Length;
                least = set;
            }
        }

        return level >= least && level != LogLevel.None;
    }

    /// <summary>Sets the default, and forgets what categories were set to.</summary>
    /// <param name="level">The level.</param>
    public void SetDefault(LogLevel level)
    {
        _categories.Clear();
        _default = level;
    }

    /// <summary>Sets one category and what is below it.</summary>
    /// <param name="category">The category, such as <c>NodeMesh.Tunnel</c>.</param>
    /// <param name="level">The level.</param>
    public void Set(string category, LogLevel level) => _categories[category] = level;

    /// <summary>Goes back to the levels of the start.</summary>
    public void Reset()
    {
        SetDefault(_start);
        Set("Microsoft", LogLevel.Warning);
    }

    /// <summary>Reads a level's word.</summary>
    /// <param name="word"><c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>off</c>.</param>
    /// <param name="level">The level on success.</param>
    /// <returns>False for another word.</returns>
    public static bool TryParse([NotNullWhen(true)] string? word, out LogLevel level)
    {
        LogLevel? parsed = word?.ToLowerInvariant() switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "info" or "information" => LogLevel.Information,
            "warn" or "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "off" or "none" => LogLevel.None,
            _ => null,
        };
        level = parsed ?? LogLevel.None;
        return parsed is not null;
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.None => "off",
        _ => "error",
    };
}
