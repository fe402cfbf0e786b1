using System.Globalization;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks PeerAuthentications.</summary>
internal static class PeerAuthenticationValidator
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Validate(PeerAuthenticationSpec spec, FindingCollector findings)
    {
        if (spec.Selector is { } selector)
        {
            AuthorizationPolicyValidator.CheckSelector(selector, findings);
        }

        if (!spec.PortLevelMtls.IsEmpty && spec.Selector is not { MatchLabels.IsEmpty: false })
        {
            findings.Error("spec.portLevelMtls", "needs a selector: ports are a workload's own; add spec.selector.matchLabels");
        }

        foreach (var port in spec.PortLevelMtls.Keys)
        {
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                findings.Error(FieldPath.Key("spec.portLevelMtls", port), $"'{port}' is not a port; write a number from 1 to 65535");
            }
        }
    }
}
