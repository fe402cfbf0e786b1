using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks changes of headers.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class HeaderChecks(FindingCollector findings)
{
    /// <summary>Checks changes of request and response headers.</summary>
    /// <param name="path">The field.</param>
    /// <param name="headers">The changes.</param>
    public void Check(string path, HeaderOperations? headers)
    {
        Check($"{path}.request", headers?.Request, isRequest: true);
        Check($"{path}.response", headers?.Response, isRequest: false);
    }

    /// <summary>Says whether a header is the request's authority.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it is.</returns>
    public static bool IsAuthority(string name) =>
        string.Equals(name, ":authority", StringComparison.OrdinalIgnoreCase) || string.Equals(name, "host", StringComparison.OrdinalIgnoreCase);

    private void Check(string path, HeaderOperation? operation, bool isRequest)
    {
        if (operation is null)
        {
            return;
        }

        CheckValues($"{path}.set", operation.Set, isRequest);
        CheckValues($"{path}.add", operation.Add, isRequest);
        for (var i = 0; i < operation.Remove.Length; i++)
        {
            CheckName(FieldPath.Index($"{path}.remove", i), operation.Remove[i], authorityAllowed: false);
        }
    }

    private void CheckValues(string path, ImmutableDictionary<string, string> headers, bool isRequest)
    {
        foreach (var (name, value) in headers)
        {
            var field = FieldPath.Key(path, name);
            CheckName(field, name, isRequest);
            if (value.Any(c => char.IsControl(c) && c != '\t'))
            {
                findings.Error(field, "has control characters; remove them");
            }
        }
    }

    private void CheckName(string path, string name, bool authorityAllowed)
    {
        if (name.Length == 0)
        {
            findings.Error(path, "a header needs a name");
        }
        else if (IsAuthority(name) ? !authorityAllowed : name[0] == ':')
        {
            findings.Error(path, $"'{name}' cannot be changed here; use rewrite, or another header");
        }
    }
}
