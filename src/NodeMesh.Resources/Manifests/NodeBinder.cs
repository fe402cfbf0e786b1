using System.Globalization;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Manifests;

/// <summary>Binds a tree to a record and collects everything that is wrong on the way.</summary>
/// <param name="report">Takes what is wrong.</param>
/// <param name="keepUnknown">True to bind what is known of a record that has unknown fields too.</param>
/// <param name="keepPartial">True to bind what is good of a record that has bad or missing fields too.</param>
internal sealed class NodeBinder(Action<Finding> report, bool keepUnknown = false, bool keepPartial = false)
{
    /// <summary>Binds a tree.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="type">The record.</param>
    /// <param name="path">The tree's path, for messages.</param>
    /// <returns>The record; null after an error.</returns>
    public object? Bind(ManifestNode node, Type type, string path = "") => Bind(node, ValueShape.Of(type), path);

    private object? Bind(ManifestNode node, ValueShape shape, string path) => shape.Kind switch
    {
        ShapeKind.Tree => node,
        ShapeKind.Scalar => BindScalar(node, shape, path),
        ShapeKind.List => BindList(node, shape, path),
        ShapeKind.Map => BindMap(node, shape, path),
        _ => BindRecord(node, shape, path),
    };

    private object? BindRecord(ManifestNode node, ValueShape shape, string path)
    {
        if (node is not ManifestMapping map)
        {
            return WrongType(node, path, "a map");
        }

        var schema = TypeSchema.Of(shape.Type);
        var record = Activator.CreateInstance(shape.Type)!;
        var good = true;
        var required = schema.Fields.Count(f => f.Required);
        foreach (var entry in map.Entries)
        {
            var fieldPath = FieldPath.Key(path, entry.Key);
            if (!schema.ByName.TryGetValue(entry.Key, out var field))
            {
                good &= CheckUnbound(schema, entry, fieldPath);
                continue;
            }

            if (entry.Value is ManifestScalar { Kind: ScalarKind.Null })
            {
                continue;
            }

            var value = Bind(entry.Value, field.Shape, fieldPath);
            if (value is null || !CheckConstraints(field, value, entry.Value, fieldPath))
            {
                good = false;
                required -= field.Required ? 1 : 0;
                continue;
            }

            field.Property.SetValue(record, value);
            required -= field.Required ? 1 : 0;
        }

        if (required > 0)
        {
            good = false;
            ReportMissing(schema, map, path);
        }

        good &= CheckExclusive(schema, map, path);
        return good || keepPartial ? record : null;
    }

    private bool CheckUnbound(TypeSchema schema, ManifestEntry entry, string path)
    {
        if (schema.Known.Contains(entry.Key))
        {
            return true;
        }

        if (schema.WithoutEffect.TryGetValue(entry.Key, out var reason))
        {
            report(new Finding(FindingLevel.Warning, FindingCodes.NoEffect, $"has no effect: {entry.Key} {reason}")
            {
                Field = path,
                Line = entry.Line,
                Column = entry.Column,
            });
            return true;
        }

        var near = schema.Names.MinBy(name => (Distance(name, entry.Key), name));
        var hint = near is not null && Distance(near, entry.Key) <= Math.Max(1, (entry.Key.Length + 2) / 3) ? $"; did you mean '{near}'?" : "; remove it";
        Error(FindingCodes.UnknownField, $"unknown field '{entry.Key}'{hint}", path, entry.Line, entry.Column);
        return keepUnknown;
    }

    private bool CheckConstraints(TypeSchema.FieldSchema field, object value, ManifestNode node, string path)
    {
        var good = true;
        foreach (var constraint in field.Constraints)
        {
            switch (node)
            {
                case ManifestSequence list when !constraint.OnCollection:
                    var items = ValueShape.Items(value).ToList();
                    for (var i = 0; i < items.Count; i++)
                    {
                        good &= CheckConstraint(constraint, items[i], list.Items[i], FieldPath.Index(path, i));
                    }

                    break;
                case ManifestMapping map when !constraint.OnCollection:
                    foreach (var (key, item) in ValueShape.Entries(value))
                    {
                        good &= CheckConstraint(constraint, item, map[key]!, FieldPath.Key(path, key));
                    }

                    break;
                default:
                    good &= CheckConstraint(constraint, value, node, path);
                    break;
            }
        }

        return good;
    }

    private bool CheckConstraint(FieldConstraintAttribute constraint, object value, ManifestNode node, string path)
    {
        if (constraint.Violation(value) is not { } message)
        {
            return true;
        }

        Error(FindingCodes.InvalidValue, message, path, node.Line, node.Column);
        return false;
    }

    private bool CheckExclusive(TypeSchema schema, ManifestMapping map, string path)
    {
        var good = true;
        foreach (var group in schema.Exclusive)
        {
            var present = map.Entries.Where(e => group.Contains(e.Key) && e.Value is not ManifestScalar { Kind: ScalarKind.Null }).ToList();
            if (present.Count > 1)
            {
                good = false;
                Error(FindingCodes.InvalidValue, $"cannot stand beside {present[0].Key}; keep one of {string.Join(", ", group)}", FieldPath.Key(path, present[1].Key), present[1].Line, present[1].Column);
            }
        }

        return good;
    }

    private void ReportMissing(TypeSchema schema, ManifestMapping map, string path)
    {
        foreach (var field in schema.Fields.Where(f => f.Required && (map[f.Name] is null or ManifestScalar { Kind: ScalarKind.Null })))
        {
            Error(FindingCodes.MissingField, $"is missing; add '{field.Name}'", FieldPath.Key(path, field.Name), map.Line, map.Column);
        }
    }

    private object? BindList(ManifestNode node, ValueShape shape, string path)
    {
        if (node is not ManifestSequence list)
        {
            return WrongType(node, path, "a list");
        }

        var items = new List<object>(list.Items.Length);
        for (var i = 0; i < list.Items.Length; i++)
        {
            if (Bind(list.Items[i], shape.Element!, FieldPath.Index(path, i)) is { } item)
            {
                items.Add(item);
            }
        }

        return items.Count == list.Items.Length ? shape.MakeList(items) : null;
    }

    private object? BindMap(ManifestNode node, ValueShape shape, string path)
    {
        if (node is not ManifestMapping map)
        {
            return WrongType(node, path, "a map");
        }

        var entries = new Dictionary<string, object>(map.Entries.Length, StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            if (Bind(entry.Value, shape.Element!, FieldPath.Key(path, entry.Key)) is { } value)
            {
                entries.Add(entry.Key, value);
            }
        }

        return entries.Count == map.Entries.Length ? shape.MakeMap(entries) : null;
    }

    private object? BindScalar(ManifestNode node, ValueShape shape, string path)
    {
        if (node is not ManifestScalar scalar)
        {
            return WrongType(node, path, Expected(shape.Type));
        }

        object? value = null;
        if (shape.Type == typeof(string))
        {
            value = scalar.Kind == ScalarKind.String ? scalar.Text : null;
        }
        else if (shape.Type == typeof(bool))
        {
            value = ToBoolean(scalar);
        }
        else if (shape.Type == typeof(int))
        {
            value = scalar.Kind == ScalarKind.Integer && int.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        else if (shape.Type == typeof(long))
        {
            value = scalar.Kind == ScalarKind.Integer ? long.Parse(scalar.Text, CultureInfo.InvariantCulture) : null;
        }
        else if (shape.Type == typeof(double))
        {
            value = scalar.Kind is ScalarKind.Integer or ScalarKind.Float ? double.Parse(scalar.Text, CultureInfo.InvariantCulture) : null;
        }
        else if (shape.Type == typeof(IntOrString))
        {
            value = ToIntOrString(scalar);
        }
        else if (shape.Type == typeof(DateTimeOffset) && scalar.Kind == ScalarKind.String)
        {
            value = DateTimeOffset.TryParse(scalar.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
        }

        return value ?? WrongType(node, path, Expected(shape.Type));
    }

    private static bool? ToBoolean(ManifestScalar scalar) => scalar switch
    {
        { Kind: ScalarKind.Boolean } => scalar.Text == "true",
        { Kind: ScalarKind.String, Text: "yes" or "on" } => true,
        { Kind: ScalarKind.String, Text: "no" or "off" } => false,
        _ => null,
    };

    private static IntOrString? ToIntOrString(ManifestScalar scalar) => scalar.Kind switch
    {
        ScalarKind.String => IntOrString.FromString(scalar.Text),
        ScalarKind.Integer when int.TryParse(scalar.Text, CultureInfo.InvariantCulture, out var number) => IntOrString.FromInt32(number),
        _ => default(IntOrString?),
    };

    private static string Expected(Type type) =>
        type == typeof(string) ? "a string"
        : type == typeof(bool) ? "true or false"
        : type == typeof(DateTimeOffset) ? "a time such as 2026-01-31T12:00:00Z"
        : type == typeof(IntOrString) ? "a number or a name"
        : type == typeof(double) ? "a number"
        : "a whole number";

    private object? WrongType(ManifestNode node, string path, string expected)
    {
        var remedy = expected == "a string" && node is ManifestScalar { Kind: not ScalarKind.Null } ? "; put it in quotes" : "";
        Error(FindingCodes.WrongType, $"must be {expected}, but is {node.Describe()}{remedy}", path, node.Line, node.Column);
        return null;
    }

    private void Error(string code, string message, string path, int line, int column) =>
        report(new Finding(FindingLevel.Error, code, message) { Field = path, Line = line, Column = column });

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
