using System.Collections.Immutable;
using System.Text;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>Reads ConfigMaps and Secrets for pods.</summary>
/// <param name="store">The objects.</param>
internal sealed class PodConfig(ObjectStore store)
{
    /// <summary>The entries of a ConfigMap.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="optional">True when it may be missing.</param>
    /// <exception cref="PodConfigException">It is missing.</exception>
    public ImmutableDictionary<string, byte[]> ConfigMap(string ns, string? name, bool? optional) =>
        store.Find<ConfigMapResource>(ns, name ?? "") is { } map
            ? map.Data.ToImmutableDictionary(e => e.Key, e => Encoding.UTF8.GetBytes(e.Value)).AddRange(Decode(map.BinaryData, $"ConfigMap {ns}/{name}"))
            : Missing("ConfigMap", ns, name, optional);

    /// <summary>The entries of a Secret.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="optional">True when it may be missing.</param>
    /// <exception cref="PodConfigException">It is missing.</exception>
    public ImmutableDictionary<string, byte[]> Secret(string ns, string? name, bool? optional) =>
        store.Find<SecretResource>(ns, name ?? "") is { } secret
            ? Decode(secret.Data, $"Secret {ns}/{name}").SetItems(secret.StringData.Select(e => KeyValuePair.Create(e.Key, Encoding.UTF8.GetBytes(e.Value))))
            : Missing("Secret", ns, name, optional);

    private static ImmutableDictionary<string, byte[]> Missing(string kind, string ns, string? name, bool? optional) =>
        optional == true ? ImmutableDictionary<string, byte[]>.Empty : throw new PodConfigException($"{kind} {ns}/{name} is not there; apply it, or mark the reference optional");

    private static ImmutableDictionary<string, byte[]> Decode(ImmutableDictionary<string, string> data, string what)
    {
        var result = ImmutableDictionary.CreateBuilder<string, byte[]>();
        foreach (var (key, value) in data)
        {
            try
            {
                result[key] = Convert.FromBase64String(value);
            }
            catch (FormatException e)
            {
                throw new PodConfigException($"{what}: {key} is not base64; use stringData for plain text", e);
            }
        }

        return result.ToImmutable();
    }
}
