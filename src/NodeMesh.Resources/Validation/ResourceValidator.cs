using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks what a schema cannot say. <see cref="ManifestReader"/> runs it on every document that could be bound.</summary>
public static class ResourceValidator
{
    /// <summary>Checks a document.</summary>
    /// <param name="document">The document; one that is not bound to a type is not checked.</param>
    /// <returns>What was found.</returns>
    public static ImmutableArray<Finding> Validate(ManifestDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var findings = new FindingCollector(document);
        switch (document.Resource)
        {
            case AuthorizationPolicyResource policy:
                new AuthorizationPolicyValidator(findings).Validate(policy.Spec ?? new AuthorizationPolicySpec());
                break;
            case PeerAuthenticationResource policy:
                PeerAuthenticationValidator.Validate(policy.Spec ?? new PeerAuthenticationSpec(), findings);
                break;
            case NetworkPolicyResource policy:
                new NetworkPolicyValidator(findings).Validate(policy.Spec ?? new NetworkPolicySpec());
                break;
            case ServiceResource service:
                ServiceValidator.Validate(service.Spec, findings);
                break;
            case PodResource pod:
                PodValidator.ValidatePod(pod, findings);
                break;
            case DeploymentResource { Spec: var spec }:
                PodValidator.ValidateController(spec.Selector, spec.Template, spec.Replicas, findings);
                break;
            case ReplicaSetResource { Spec: { Template: { } template } spec }:
                PodValidator.ValidateController(spec.Selector, template, spec.Replicas, findings);
                break;
            case StatefulSetResource { Spec: var spec }:
                PodValidator.ValidateController(spec.Selector, spec.Template, spec.Replicas, findings);
                break;
            case DaemonSetResource { Spec: var spec }:
                PodValidator.ValidateController(spec.Selector, spec.Template, null, findings);
                break;
            case JobResource { Spec: var spec }:
                PodValidator.ValidateJob(spec, findings);
                break;
            case ConfigMapResource map:
                CheckBase64(map.BinaryData, "binaryData", findings);
                break;
            case SecretResource secret:
                CheckBase64(secret.Data, "data", findings);
                break;
            case EndpointSliceResource slice:
                ServiceValidator.Validate(slice, findings);
                break;
            default:
                DialectValidator.Validate(document.Resource, findings);
                break;
        }

        return [.. findings.Findings];
    }

    private static void CheckBase64(ImmutableDictionary<string, string> data, string field, FindingCollector findings)
    {
        foreach (var (key, value) in data)
        {
            if (!Convert.TryFromBase64String(value, new byte[value.Length], out _))
            {
                var remedy = field == "data" ? "encode it, or write plain text under stringData" : "encode it, or write plain text under data";
                findings.Error(FieldPath.Key(field, key), $"is not base64; {remedy}");
            }
        }
    }
}
