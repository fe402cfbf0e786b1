using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using StringMatch = NodeMesh.Resources.Kinds.Istio.StringMatch;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates the small pieces that Istio's kinds are made of.</summary>
internal static class IstioTexts
{
    /// <summary>Translates a comparison.</summary>
    /// <param name="match">The comparison; one that says nothing asks for presence.</param>
    /// <param name="ignoreCase">True when case does not count; an expression says that itself.</param>
    /// <returns>The comparison.</returns>
    public static TextMatch Match(StringMatch match, bool ignoreCase = false) => match switch
    {
        { Exact: { } exact } => TextMatch.Exact(exact, ignoreCase),
        { Prefix: { } prefix } => TextMatch.Prefix(prefix, ignoreCase),
        { Regex: { } regex } => TextMatch.Pattern(regex),
        _ => TextMatch.Present,
    };

    /// <summary>Translates comparisons by name.</summary>
    /// <param name="matches">The comparisons.</param>
    /// <returns>The comparisons, by name.</returns>
    public static ValueList<NamedMatch> Matches(ImmutableDictionary<string, StringMatch> matches) =>
        [.. matches.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => new NamedMatch(m.Key, Match(m.Value)))];

    /// <summary>Translates changes of headers.</summary>
    /// <param name="operation">The changes; null for none.</param>
    /// <returns>The changes.</returns>
    public static HeaderChanges Changes(HeaderOperation? operation) => operation is null ? HeaderChanges.None : new HeaderChanges
    {
        Set = Values(operation.Set),
        Add = Values(operation.Add),
        Remove = [.. operation.Remove],
    };

    /// <summary>Translates labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <returns>The labels, by key.</returns>
    public static ValueList<WorkloadLabel> Labels(ImmutableDictionary<string, string> labels) =>
        [.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new WorkloadLabel(l.Key, l.Value))];

    /// <summary>Reads a time span.</summary>
    /// <param name="text">The text, checked beforehand; null for none.</param>
    /// <returns>The time span; null for none.</returns>
    public static TimeSpan? Time(string? text) => text is not null && DurationText.TryParseGo(text, out var time) ? time : null;

    private static ValueList<HeaderValue> Values(ImmutableDictionary<string, string> values) =>
        [.. values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new HeaderValue(v.Key, v.Value))];
}
