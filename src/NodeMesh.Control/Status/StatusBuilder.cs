using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Status;

/// <summary>Tells from documents and findings what became of each resource.</summary>
internal static class StatusBuilder
{
    /// <summary>Builds statuses: of every mesh resource, of kinds without effect, and of whatever something was found in.</summary>
    /// <param name="documents">The documents in effect.</param>
    /// <param name="findings">All findings.</param>
    /// <param name="notEnforced">Policies that are not enforced exactly as written.</param>
    /// <param name="routeParents">What became of Gateway API routes.</param>
    /// <returns>The statuses.</returns>
    public static ImmutableDictionary<ResourceOrigin, ResourceStatus> Build(
        IEnumerable<ManifestDocument> documents,
        ImmutableArray<Finding> findings,
        ImmutableHashSet<ResourceOrigin> notEnforced,
        ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>> routeParents)
    {
        var byResource = findings.Where(f => f.Resource is { Name.Length: > 0 }).ToLookup(f => f.Resource!);
        var statuses = ImmutableDictionary.CreateBuilder<ResourceOrigin, ResourceStatus>();
        foreach (var document in documents)
        {
            var messages = byResource[document.Origin].ToImmutableArray();
            if (!messages.IsEmpty || IsMeshKind(document.Kind))
            {
                var status = OfDocument(document, messages, notEnforced.Contains(document.Origin));
                statuses[document.Origin] = IsRoute(document.Kind) ? WithParents(status, routeParents.GetValueOrDefault(document.Origin, [])) : status;
            }
        }

        foreach (var group in byResource.Where(g => !statuses.ContainsKey(g.Key)))
        {
            statuses[group.Key] = new ResourceStatus([Refused(group, "nothing of it is in effect")], [.. group], null);
        }

        return statuses.ToImmutable();
    }

    /// <summary>Says whether a kind's status is a list of parents.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True for the Gateway API's routes.</returns>
    public static bool IsRoute(ResourceKind kind) =>
        kind == ResourceKinds.HttpRoute || kind == ResourceKinds.GrpcRoute || kind == ResourceKinds.TlsRoute || kind == ResourceKinds.TcpRoute || kind == ResourceKinds.UdpRoute;

    // What is wrong with the whole route is wrong with it for every parent.
    private static ResourceStatus WithParents(ResourceStatus status, ImmutableArray<RouteParentStatus> parents) => status with
    {
        Parents = status.Conditions.FirstOrDefault(c => c is { Type: "Accepted", Status: false }) is { } refused
            ? [.. parents.Select(p => p with { Conditions = [new RouteCondition("Accepted", false, "UnsupportedValue", refused.Message), .. p.Conditions.Where(c => c.Type == "ResolvedRefs")] })]
            : parents,
    };

    private static bool IsMeshKind(ResourceKind kind) =>
        kind.Support != KindSupport.Served || MeshGroups.Contains(kind.Group);

    private static ResourceStatus OfDocument(ManifestDocument document, ImmutableArray<Finding> messages, bool notEnforced)
    {
        var generation = document.Root.At("metadata", "generation") is ManifestScalar { Kind: ScalarKind.Integer } scalar
            ? long.Parse(scalar.Text, System.Globalization.CultureInfo.InvariantCulture)
            : (long?)null;
        var conditions = ImmutableArray.CreateBuilder<StatusCondition>();
        var unserved = messages.FirstOrDefault(m => m.Field == "kind" && m.Code is FindingCodes.NotServed or FindingCodes.UnknownKind);
        if (messages.Any(m => m.Level == FindingLevel.Error))
        {
            conditions.Add(Refused(messages, document.Instead ?? "the last good version stays in effect"));
        }
        else if (unserved is not null)
        {
            conditions.Add(new StatusCondition("Accepted", false, unserved.Code, unserved.Message));
            return new ResourceStatus(conditions.ToImmutable(), messages, generation);
        }
        else
        {
            conditions.Add(new StatusCondition("Accepted", true, "Accepted", "the resource is valid and taken in"));
        }

        if (document.Instead is not null)
        {
            conditions.Add(new StatusCondition("Enforced", false, "Invalid", $"what is written is not enforced: {document.Instead}"));
        }
        else if (document.Kind == ResourceKinds.AuthorizationPolicy || document.Kind == ResourceKinds.PeerAuthentication || document.Kind == ResourceKinds.TrafficTarget)
        {
            conditions.Add(Enforced(document, messages, notEnforced));
        }

        return new ResourceStatus(conditions.ToImmutable(), messages, generation);
    }

    private static StatusCondition Refused(IEnumerable<Finding> messages, string effect)
    {
        var error = messages.First(m => m.Level == FindingLevel.Error);
        var field = error.Field.Length == 0 ? "" : $"{error.Field}: ";
        var reason = error.Code == FindingCodes.UnknownKind ? error.Code : "Invalid";
        return new StatusCondition("Accepted", false, reason, $"{field}{error.Message}; {effect}");
    }

    private static StatusCondition Enforced(ManifestDocument document, ImmutableArray<Finding> messages, bool notEnforced)
    {
        if (string.Equals(document.Annotations.GetValueOrDefault(Labels.DryRun), "true", StringComparison.OrdinalIgnoreCase)
            && document.Kind == ResourceKinds.AuthorizationPolicy)
        {
            return new StatusCondition("Enforced", false, "DryRun", "the policy is only logged, as its annotation asks");
        }

        var without = messages.FirstOrDefault(m => m.Code is FindingCodes.SelectorMatchesNothing or FindingCodes.NothingMeshed or FindingCodes.Overridden or FindingCodes.TargetNotFound);
        if (without is not null)
        {
            return new StatusCondition("Enforced", false, without.Code, without.Message);
        }

        var partly = notEnforced ? messages.FirstOrDefault(m => m.Level == FindingLevel.Warning) : null;
        return partly is null
            ? new StatusCondition("Enforced", true, "Enforced", "node proxies enforce it as written")
            : new StatusCondition("Enforced", false, "UnsupportedValue", $"{partly.Field}: {partly.Message}");
    }
}
