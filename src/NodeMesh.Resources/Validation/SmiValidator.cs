using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks SMI's kinds.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class SmiValidator(FindingCollector findings)
{
    /// <summary>Checks a TrafficSplit.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(TrafficSplitSpec spec)
    {
        if (!HostNames.IsDomain(spec.Service))
        {
            findings.Error("spec.service", $"'{spec.Service}' is not a service; write its name");
        }

        for (var i = 0; i < spec.Backends.Length; i++)
        {
            if (!HostNames.IsDomain(spec.Backends[i].Service))
            {
                findings.Error($"spec.backends[{i}].service", $"'{spec.Backends[i].Service}' is not a service; write its name");
            }
        }

        if (spec.Backends.All(b => b.Weight == 0))
        {
            findings.Error("spec.backends", "no backend has a weight, so none would get traffic; give at least one");
        }
    }

    /// <summary>Checks an HTTPRouteGroup.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(HttpRouteGroupSpec spec)
    {
        for (var i = 0; i < spec.Matches.Length; i++)
        {
            var match = spec.Matches[i];
            CheckExpression($"spec.matches[{i}].pathRegex", match.PathRegex);
            foreach (var (name, expression) in match.Headers)
            {
                CheckExpression(FieldPath.Key($"spec.matches[{i}].headers", name), expression);
            }
        }
    }

    /// <summary>Checks a TrafficTarget.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(TrafficTargetSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.Destination.Namespace) && spec.Destination.Namespace != findings.Document.Namespace)
        {
            findings.Error("spec.destination.namespace", $"a TrafficTarget is for its own namespace; move it to {spec.Destination.Namespace}");
        }
    }

    private void CheckExpression(string path, string? expression)
    {
        if (!string.IsNullOrEmpty(expression) && Expressions.Violation(expression) is { } violation)
        {
            findings.Error(path, violation);
        }
    }
}
