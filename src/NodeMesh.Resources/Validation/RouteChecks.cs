using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks that the Gateway API's routes share.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class RouteChecks(FindingCollector findings)
{
    /// <summary>The most matches that all rules of a route may have together, and one more.</summary>
    private const int MaxMatches = 128;

    /// <summary>Checks what a route attaches to: the same parent several times has to differ by section or port.</summary>
    /// <param name="parents">The parents.</param>
    public void CheckParents(ImmutableArray<ParentReference> parents)
    {
        for (var i = 0; i < parents.Length; i++)
        {
            var parent = parents[i];
            var twins = parents.Take(i).Where(p => Same(p, parent)).ToList();
            var path = FieldPath.Index("spec.parentRefs", i);
            if (twins.Count == 0)
            {
                continue;
            }

            if (twins.Append(parent).Any(p => string.IsNullOrEmpty(p.SectionName) && p.Port is null))
            {
                findings.Error(path, $"names {parent.Name} again; give sectionName or port to every reference to it");
            }
            else if (twins.Any(p => (p.SectionName ?? "") == (parent.SectionName ?? "") && p.Port == parent.Port))
            {
                findings.Error(path, $"names the same part of {parent.Name} again; remove it");
            }
        }
    }

    /// <summary>Checks the names of rules.</summary>
    /// <param name="names">The names.</param>
    public void CheckNames(IEnumerable<string?> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, name) in names.Index())
        {
            if (!string.IsNullOrEmpty(name) && !seen.Add(name))
            {
                findings.Error($"spec.rules[{index}].name", $"'{name}' is there twice; rename one of them");
            }
        }
    }

    /// <summary>Checks how many matches a route has.</summary>
    /// <param name="matches">The number.</param>
    public void CheckMatchCount(int matches)
    {
        if (matches > MaxMatches)
        {
            findings.Error("spec.rules", $"have {matches} matches together; at most {MaxMatches} are allowed: split the route");
        }
    }

    /// <summary>Checks a backend.</summary>
    /// <param name="path">Its field.</param>
    /// <param name="group">Its group.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="port">Its port.</param>
    public void CheckBackend(string path, string? group, string? kind, int? port)
    {
        if (string.IsNullOrEmpty(group) && kind is null or "Service" && port is null)
        {
            findings.Missing($"{path}.port", "is missing; a Service needs a port here");
        }
    }

    /// <summary>Checks header matches: names differ without regard to case.</summary>
    /// <param name="path">The field.</param>
    /// <param name="headers">The matches.</param>
    public void CheckHeaders(string path, ImmutableArray<HttpHeaderMatch> headers)
    {
        for (var i = 0; i < headers.Length; i++)
        {
            if (headers[i].Type == "RegularExpression" && Expressions.Violation(headers[i].Value) is { } violation)
            {
                findings.Error($"{path}[{i}].value", violation);
            }
        }

        CheckUnique(path, headers.Select(h => h.Name));
    }

    /// <summary>Checks a change of headers.</summary>
    /// <param name="path">The field.</param>
    /// <param name="filter">The change.</param>
    public void CheckHeaderFilter(string path, HttpHeaderFilter filter)
    {
        CheckUnique($"{path}.set", filter.Set.Select(h => h.Name));
        CheckUnique($"{path}.add", filter.Add.Select(h => h.Name));
        CheckUnique($"{path}.remove", filter.Remove);
    }

    /// <summary>Checks a mirror.</summary>
    /// <param name="path">The field.</param>
    /// <param name="mirror">The mirror.</param>
    public void CheckMirror(string path, HttpRequestMirrorFilter mirror)
    {
        CheckBackend($"{path}.backendRef", mirror.BackendRef.Group, mirror.BackendRef.Kind, mirror.BackendRef.Port);
        if (mirror.Fraction is { } fraction && fraction.Numerator > (fraction.Denominator ?? 100))
        {
            findings.Error($"{path}.fraction.numerator", $"{fraction.Numerator} is more than the denominator {fraction.Denominator ?? 100}; a share is at most 1");
        }
    }

    /// <summary>Checks how a client stays with a backend.</summary>
    /// <param name="path">The field.</param>
    /// <param name="session">The setting.</param>
    public void CheckSession(string path, SessionPersistence? session)
    {
        if (session is { CookieConfig.LifetimeType: "Permanent", AbsoluteTimeout: null })
        {
            findings.Missing($"{path}.absoluteTimeout", "is missing; a permanent cookie needs an end");
        }

        if (session is { Type: "Header", CookieConfig: not null })
        {
            findings.Error($"{path}.cookieConfig", "is for type Cookie only; remove it, or set the type");
        }
    }

    /// <summary>Checks that a filter has what its type says, and nothing else.</summary>
    /// <param name="path">The field.</param>
    /// <param name="type">Its type.</param>
    /// <param name="parts">The field of each type, and whether it is there.</param>
    /// <returns>True when it is so.</returns>
    public bool CheckUnion(string path, string type, ReadOnlySpan<(string Type, string Field, bool Present)> parts)
    {
        var good = true;
        foreach (var (name, field, present) in parts)
        {
            if (name == type && !present)
            {
                good = false;
                findings.Missing($"{path}.{field}", $"is missing; type {type} needs it");
            }
            else if (name != type && present)
            {
                good = false;
                findings.Error($"{path}.{field}", $"does not belong to type {type}; remove it, or set type {name}");
            }
        }

        return good;
    }

    /// <summary>Checks that filters of some types come once.</summary>
    /// <param name="path">The filters' field.</param>
    /// <param name="types">The filters' types.</param>
    /// <param name="repeatable">Types that may come more than once.</param>
    public void CheckRepeats(string path, IReadOnlyList<string> types, params ReadOnlySpan<string> repeatable)
    {
        for (var i = 0; i < types.Count; i++)
        {
            if (!repeatable.Contains(types[i]) && types.Take(i).Contains(types[i]))
            {
                findings.Error($"{path}[{i}].type", $"{types[i]} is there twice; put the two together");
            }
        }
    }

    private void CheckUnique(string path, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, name) in names.Index())
        {
            if (!seen.Add(name))
            {
                findings.Warn(FindingCodes.Suspicious, $"{path}[{index}]", $"'{name}' is there already in another case; only the first is used: remove it");
            }
        }
    }

    private static bool Same(ParentReference a, ParentReference b) =>
        a.Name == b.Name && (a.Namespace ?? "") == (b.Namespace ?? "") && (a.Kind ?? "Gateway") == (b.Kind ?? "Gateway") && (a.Group ?? MeshGroups.GatewayApi) == (b.Group ?? MeshGroups.GatewayApi);
}
