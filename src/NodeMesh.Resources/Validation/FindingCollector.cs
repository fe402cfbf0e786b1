using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Collects the findings about one document.</summary>
internal sealed class FindingCollector(ManifestDocument document)
{
    /// <summary>The document.</summary>
    public ManifestDocument Document { get; } = document;

    /// <summary>What was found.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Adds an error about a value.</summary>
    /// <param name="field">The field.</param>
    /// <param name="message">What is wrong and what to do about it.</param>
    public void Error(string field, string message) => Findings.Add(Document.Report(FindingLevel.Error, FindingCodes.InvalidValue, field, message));

    /// <summary>Adds an error about something missing.</summary>
    /// <param name="field">The field.</param>
    /// <param name="message">What is missing and what to do about it.</param>
    public void Missing(string field, string message) => Findings.Add(Document.Report(FindingLevel.Error, FindingCodes.MissingField, field, message));

    /// <summary>Adds a warning.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What has not the effect that one may expect.</param>
    public void Warn(string code, string field, string message) => Findings.Add(Document.Report(FindingLevel.Warning, code, field, message));

    /// <summary>Adds something worth knowing.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What is worth knowing.</param>
    public void Inform(string code, string field, string message) => Findings.Add(Document.Report(FindingLevel.Info, code, field, message));

    /// <summary>Checks a port number.</summary>
    /// <param name="field">The field.</param>
    /// <param name="port">The port; null is good.</param>
    public void CheckPort(string field, int? port)
    {
        if (port is < 1 or > 65535)
        {
            Error(field, $"{port} is not a port; write a number from 1 to 65535");
        }
    }

    /// <summary>Reports lists that are there without an item, in which readers of Istio's kinds see opposite things.</summary>
    /// <param name="field">The field to begin at.</param>
    /// <param name="except">Lists that may be empty.</param>
    public void CheckEmptyLists(string field, params ReadOnlySpan<string> except)
    {
        var node = Document.Root.At(field.Split('.'));
        if (node is not null)
        {
            CheckEmptyLists(node, field, except);
        }
    }

    private void CheckEmptyLists(ManifestNode node, string path, ReadOnlySpan<string> except)
    {
        if (node is ManifestMapping map)
        {
            foreach (var entry in map.Entries)
            {
                CheckEmptyLists(entry.Value, FieldPath.Key(path, entry.Key), except);
            }
        }
        else if (node is ManifestSequence list)
        {
            if (list.Items.IsEmpty && !except.Contains(path))
            {
                Error(path, "is an empty list; give it an item, or remove it if it should not restrict anything");
            }

            for (var i = 0; i < list.Items.Length; i++)
            {
                CheckEmptyLists(list.Items[i], FieldPath.Index(path, i), except);
            }
        }
    }
}
