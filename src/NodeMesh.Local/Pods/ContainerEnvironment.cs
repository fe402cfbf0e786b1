using System.Collections.Immutable;
using System.Text;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>Works out a container's environment.</summary>
/// <param name="config">ConfigMaps and Secrets.</param>
/// <param name="common">Variables of every container, such as the search path.</param>
internal sealed class ContainerEnvironment(PodConfig config, ImmutableDictionary<string, string> common)
{
    /// <summary>The environment: common variables, then <c>envFrom</c>, then <c>env</c>; the later one wins.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <exception cref="PodConfigException">Something that it names is missing.</exception>
    public ImmutableDictionary<string, string> Resolve(Pod pod, Container container)
    {
        var result = common.ToBuilder();
        result["HOSTNAME"] = Hostname(pod);
        foreach (var source in container.EnvFrom)
        {
            var entries = source.ConfigMapRef is { } map
                ? config.ConfigMap(pod.Namespace, map.Name, map.Optional)
                : config.Secret(pod.Namespace, source.SecretRef?.Name, source.SecretRef?.Optional);
            foreach (var (key, value) in entries)
            {
                result[source.Prefix + key] = Encoding.UTF8.GetString(value);
            }
        }

        foreach (var variable in container.Env)
        {
            if (variable.ValueFrom is null)
            {
                result[variable.Name] = VariableExpansion.Expand(variable.Value ?? "", result.ToImmutable());
            }
            else if (Read(pod, container, variable) is { } value)
            {
                result[variable.Name] = value;
            }
        }

        return result.ToImmutable();
    }

    /// <summary>A pod's host name.</summary>
    /// <param name="pod">The pod.</param>
    public static string Hostname(Pod pod) => pod.Resource.Spec.Hostname ?? (pod.Name.Length > 63 ? pod.Name[..63] : pod.Name);

    private string? Read(Pod pod, Container container, EnvVar variable)
    {
        var source = variable.ValueFrom!;
        if (source.FieldRef is { } field)
        {
            return PodFields.Read(pod, field.FieldPath);
        }

        var selector = source.ConfigMapKeyRef ?? source.SecretKeyRef;
        if (selector is null)
        {
            return null;
        }

        var entries = source.ConfigMapKeyRef is not null
            ? config.ConfigMap(pod.Namespace, selector.Name, selector.Optional)
            : config.Secret(pod.Namespace, selector.Name, selector.Optional);
        return entries.TryGetValue(selector.Key, out var value) ? Encoding.UTF8.GetString(value)
            : selector.Optional == true ? null
            : throw new PodConfigException($"container {container.Name}: env {variable.Name}: {selector.Name} has no key {selector.Key}");
    }
}
