using System.Security.Cryptography;
using System.Text;
using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Controllers;

/// <summary>Makes pods of a controller's template, with names and hashes as Kubernetes makes them.</summary>
internal static class PodTemplate
{
    // Kubernetes' alphabet for generated names: no vowels, no digits that look like letters.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A hash that is the same for the same template only.</summary>
    /// <param name="owner">The controller.</param>
    /// <param name="length">How many characters.</param>
    public static string Hash(ManifestDocument owner, int length = 10)
    {
        var template = owner.Root.At("spec", "template") ?? ManifestMapping.Empty;
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(ManifestWriter.ToJson(template)));
        return string.Concat(bytes.Take(length).Select(b => Alphabet[b % Alphabet.Length]));
    }

    /// <summary>A random ending for a name.</summary>
    public static string RandomSuffix() => RandomNumberGenerator.GetString(Alphabet, 5);

    /// <summary>Makes a pod.</summary>
    /// <param name="owner">The controller.</param>
    /// <param name="uid">The controller's UID.</param>
    /// <param name="template">Its template.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="labels">Labels beside the template's.</param>
    /// <param name="now">The time.</param>
    public static PodResource Make(
        Resource owner, string uid, PodTemplateSpec template, string name, IEnumerable<KeyValuePair<string, string>> labels, DateTimeOffset now) => new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = owner.Metadata.Namespace,
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = now,
                Labels = (template.Metadata?.Labels ?? []).SetItems(labels),
                Annotations = template.Metadata?.Annotations ?? [],
                OwnerReferences = [new OwnerReference { ApiVersion = "apps/v1", Kind = owner.Kind, Name = owner.Metadata.Name, Uid = uid, Controller = true }],
            },
            Spec = template.Spec with { ServiceAccountName = template.Spec.ServiceAccountName ?? "default" },
        };

    /// <summary>The hash that a pod was made with.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="hash">The current one.</param>
    public static bool IsCurrent(Pod pod, string hash) => pod.TemplateHash == hash;
}
