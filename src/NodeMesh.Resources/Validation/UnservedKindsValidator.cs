using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks what the schema cannot say of kinds that change an Envoy, which is not there.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class UnservedKindsValidator(FindingCollector findings)
{
    /// <summary>Checks a WasmPlugin.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(WasmPluginSpec spec)
    {
        IstioChecks.CheckTargets(findings, spec.Selector, spec.TargetRef, spec.TargetRefs);
        var scheme = spec.Url.Contains("://", StringComparison.Ordinal) ? spec.Url[..spec.Url.IndexOf("://", StringComparison.Ordinal)] : "";
        var good = scheme is "" or "oci" or "http" or "https" or "file" && Uri.TryCreate(scheme.Length == 0 ? $"oci://{spec.Url}" : spec.Url, UriKind.Absolute, out _);
        if (!good)
        {
            findings.Error("spec.url", $"'{spec.Url}' is not a URL; write oci://, http://, https:// or file://");
        }

        for (var i = 0; i < (spec.VmConfig?.Env ?? []).Length; i++)
        {
            var variable = spec.VmConfig!.Env[i];
            if (variable is { ValueFrom: "HOST", Value: not null })
            {
                findings.Error($"spec.vmConfig.env[{i}].value", "has no use with valueFrom HOST; remove one of them");
            }
        }
    }

    /// <summary>Checks an EnvoyFilter.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(EnvoyFilterSpec spec)
    {
        IstioChecks.CheckSelector(findings, spec.WorkloadSelector);
        if (spec.WorkloadSelector is not null && !spec.TargetRefs.IsEmpty)
        {
            findings.Error("spec.workloadSelector", "only one of workloadSelector and targetRefs can be there; keep one of them");
        }

        for (var i = 0; i < spec.ConfigPatches.Length; i++)
        {
            var patch = spec.ConfigPatches[i];
            var path = FieldPath.Index("spec.configPatches", i);
            if (patch.Patch is null)
            {
                findings.Missing($"{path}.patch", "is missing; say what to change");
            }
            else if (patch.Patch.Operation != "REMOVE" && patch.Patch.Value is null)
            {
                findings.Missing($"{path}.patch.value", $"is missing; {patch.Patch.Operation ?? "the operation"} needs a value");
            }

            if (patch.ApplyTo is null or "INVALID")
            {
                findings.Missing($"{path}.applyTo", "is missing; say to what the change applies");
            }
        }
    }

    /// <summary>Checks a ProxyConfig.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(ProxyConfigSpec spec) => IstioChecks.CheckSelector(findings, "spec.selector", spec.Selector);
}
