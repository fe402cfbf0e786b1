using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// Finds for each workload the PeerAuthentications that apply (port over workload over namespace over mesh, the oldest among equals, UNSET inheriting)
/// and turns STRICT into policies that refuse peers without an identity.
/// </summary>
internal sealed class PeerAuthenticationTranslator
{
    /// <summary>Name of the policy, in the root namespace, of workloads that are STRICT on all ports.</summary>
    public const string StaticStrict = "istio_converted_static_strict";

    /// <summary>Prefix of the names of policies for workloads whose ports differ.</summary>
    public const string PortLevelPrefix = "converted_peer_authentication_";

    private static readonly PolicyClause NoIdentity = new([new PolicyMatch { NotPrincipals = [new StringMatch(StringMatchKind.Presence, "")] }]);

    private readonly string _rootNamespace;
    private readonly ImmutableArray<ManifestDocument> _all;
    private readonly Dictionary<string, ManifestDocument> _wide = [];
    private readonly Dictionary<string, ImmutableArray<ManifestDocument>> _selecting;
    private readonly HashSet<ManifestDocument> _matched = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ManifestDocument> _used = new(ReferenceEqualityComparer.Instance);

    /// <summary>Sorts the policies out.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">Valid PeerAuthentications.</param>
    public PeerAuthenticationTranslator(MeshSettings settings, IEnumerable<ManifestDocument> documents)
    {
        _rootNamespace = settings.RootNamespace;
        _all = [.. documents
            .OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(d => d.Name, StringComparer.Ordinal)
            .ThenBy(d => d.Namespace, StringComparer.Ordinal)];
        foreach (var document in _all.Where(d => !Selects(d)))
        {
            _wide.TryAdd(document.Namespace, document);
        }

        _selecting = _all.Where(Selects).GroupBy(d => d.Namespace).ToDictionary(g => g.Key, g => g.ToImmutableArray());
    }

    /// <summary>The policies that the workloads asked about so far need, with the resource that they come from.</summary>
    public Dictionary<NamespacedName, (AuthorizationPolicy Policy, ResourceOrigin Origin)> Policies { get; } = [];

    /// <summary>Finds what applies to a workload.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>What applies.</returns>
    public WorkloadMutualTls Resolve(string ns, ImmutableDictionary<string, string> labels)
    {
        var own = FindOwn(ns, labels);
        var (mode, source) = Inherit(own, _wide.GetValueOrDefault(ns), _wide.GetValueOrDefault(_rootNamespace));
        var ports = own is null ? [] : Spec(own).PortLevelMtls
            .Select(p => (Port: int.Parse(p.Key, CultureInfo.InvariantCulture), Mode: Parse(p.Value.Mode)))
            .Where(p => p.Mode != MutualTlsMode.Unset)
            .OrderBy(p => p.Port)
            .ToImmutableArray();
        var strict = ports.Where(p => p.Mode == MutualTlsMode.Strict).Select(p => p.Port).ToImmutableArray();
        var open = ports.Where(p => p.Mode != MutualTlsMode.Strict).Select(p => p.Port).ToImmutableArray();
        if (mode == MutualTlsMode.Strict)
        {
            return new WorkloadMutualTls(false, [open.IsEmpty ? Whole(source!) : PortLevel(own!, ns, new PolicyMatch { NotDestinationPorts = open })]);
        }

        // Where a port is STRICT, clients have to bring an identity, so the rest of a DISABLE is PERMISSIVE.
        return strict.IsEmpty
            ? new WorkloadMutualTls(mode == MutualTlsMode.Disable, [])
            : new WorkloadMutualTls(false, [PortLevel(own!, ns, new PolicyMatch { DestinationPorts = strict })]);
    }

    /// <summary>Finds the mode that is set for one port of a workload.</summary>
    /// <param name="ns">The workload's namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="port">Its port.</param>
    /// <returns>The mode, and the policy that sets it; PERMISSIVE and null where none does.</returns>
    public (MutualTlsMode Mode, ManifestDocument? SetBy) OfPort(string ns, ImmutableDictionary<string, string> labels, int port)
    {
        var own = FindOwn(ns, labels);
        return own is not null
            && Spec(own).PortLevelMtls.TryGetValue(port.ToString(CultureInfo.InvariantCulture), out var level)
            && Parse(level.Mode) is var mode and not MutualTlsMode.Unset
                ? (mode, own)
                : Inherit(own, _wide.GetValueOrDefault(ns), _wide.GetValueOrDefault(_rootNamespace));
    }

    /// <summary>Says which policies lose against others; to be asked after all workloads.</summary>
    /// <returns>Warnings.</returns>
    public IEnumerable<Finding> FindOverridden()
    {
        foreach (var document in _all)
        {
            var winner = Selects(document) ? null : _wide[document.Namespace];
            if (winner is not null && !ReferenceEquals(winner, document))
            {
                yield return document.Report(
                    FindingLevel.Warning, FindingCodes.Overridden, "spec", $"has no effect: the older {winner.Origin} has the same scope; remove one of them");
            }
            else if (_matched.Contains(document) && !_used.Contains(document))
            {
                yield return document.Report(
                    FindingLevel.Warning, FindingCodes.Overridden, "spec.selector", "has no effect: an older PeerAuthentication, or one of the pods' own namespace, selects the same workloads");
            }
        }
    }

    private static PeerAuthenticationSpec Spec(ManifestDocument document) => ((PeerAuthenticationResource)document.Resource!).Spec ?? new PeerAuthenticationSpec();

    private static bool Selects(ManifestDocument document) => Spec(document).Selector is { MatchLabels.IsEmpty: false };

    private static MutualTlsMode Parse(string? mode) => mode switch
    {
        "STRICT" => MutualTlsMode.Strict,
        "PERMISSIVE" => MutualTlsMode.Permissive,
        "DISABLE" => MutualTlsMode.Disable,
        _ => MutualTlsMode.Unset,
    };

    private static (MutualTlsMode Mode, ManifestDocument? Source) Inherit(params ReadOnlySpan<ManifestDocument?> narrowestFirst)
    {
        foreach (var document in narrowestFirst)
        {
            if (document is not null && Parse(Spec(document).Mtls?.Mode) is var mode and not MutualTlsMode.Unset)
            {
                return (mode, document);
            }
        }

        return (MutualTlsMode.Permissive, null);
    }

    private ManifestDocument? FindOwn(string ns, ImmutableDictionary<string, string> labels) =>
        FirstSelecting(ns, labels) ?? (ns == _rootNamespace ? null : FirstSelecting(_rootNamespace, labels));

    private ManifestDocument? FirstSelecting(string ns, ImmutableDictionary<string, string> labels)
    {
        ManifestDocument? first = null;
        foreach (var document in _selecting.GetValueOrDefault(ns, []))
        {
            if (Labels.Match(Spec(document).Selector!.MatchLabels, labels))
            {
                _matched.Add(document);
                first ??= document;
            }
        }

        if (first is not null)
        {
            _used.Add(first);
        }

        return first;
    }

    private NamespacedName Whole(ManifestDocument source)
    {
        var key = new NamespacedName(_rootNamespace, StaticStrict);
        Policies.TryAdd(key, (Refusing(key, [NoIdentity]), source.Origin));
        return key;
    }

    // What the policy inherits depends on the workload's namespace, so that one of the root namespace may compile differently for each.
    private NamespacedName PortLevel(ManifestDocument own, string ns, PolicyMatch ports)
    {
        var suffix = ns == own.Namespace ? "" : $"_{ns}";
        var key = new NamespacedName(own.Namespace, PortLevelPrefix + own.Name + suffix);
        Policies.TryAdd(key, (Refusing(key, [NoIdentity, new PolicyClause([ports])]), own.Origin));
        return key;
    }

    private static AuthorizationPolicy Refusing(NamespacedName key, ImmutableArray<PolicyClause> clauses) => new()
    {
        Name = key.Name,
        Namespace = key.Namespace,
        Scope = PolicyScope.WorkloadSelector,
        Action = PolicyAction.Deny,
        Rules = [new PolicyRule(clauses)],
    };
}
