using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace NodeMesh.Resources.Manifests;

/// <summary>What a kind's record says about its manifest: fields by name, and those that are known without being bound.</summary>
internal sealed class TypeSchema
{
    private static readonly ConcurrentDictionary<Type, TypeSchema> Cache = new();

    private TypeSchema(Type type)
    {
        var chain = new Stack<Type>();
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            chain.Push(t);
        }

        // The base record's properties come first, so that apiVersion, kind and metadata lead what is written.
        Fields = [.. chain.SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(p => p.CanWrite)
            .Select(p => new FieldSchema(p))];
        ByName = Fields.ToFrozenDictionary(f => f.Name);
        Known = type.GetCustomAttributes<KnownFieldsAttribute>().SelectMany(a => a.Fields).ToFrozenSet();
        WithoutEffect = type.GetCustomAttributes<WithoutEffectAttribute>().ToFrozenDictionary(a => a.Field, a => a.Reason);
        Exclusive = [.. type.GetCustomAttributes<AtMostOneOfAttribute>().Select(a => a.Fields)];
    }

    /// <summary>Bound fields in the order of declaration.</summary>
    public IReadOnlyList<FieldSchema> Fields { get; }

    /// <summary>Bound fields by their name in manifests.</summary>
    public FrozenDictionary<string, FieldSchema> ByName { get; }

    /// <summary>Fields that are valid and without consequence.</summary>
    public FrozenSet<string> Known { get; }

    /// <summary>Fields whose use is a warning, with the reason.</summary>
    public FrozenDictionary<string, string> WithoutEffect { get; }

    /// <summary>Groups of fields of which at most one may be there.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Exclusive { get; }

    /// <summary>All valid names.</summary>
    public IEnumerable<string> Names => Fields.Select(f => f.Name).Concat(Known).Concat(WithoutEffect.Keys);

    /// <summary>The schema of a record.</summary>
    /// <param name="type">The record.</param>
    /// <returns>The schema.</returns>
    public static TypeSchema Of(Type type) => Cache.GetOrAdd(type, static t => new TypeSchema(t));

    /// <summary>One bound field.</summary>
    internal sealed class FieldSchema
    {
        public FieldSchema(PropertyInfo property)
        {
            Property = property;
            Name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
            Shape = ValueShape.Of(property.PropertyType);
            Required = property.IsDefined(typeof(RequiredMemberAttribute));
            Constraints = [.. property.GetCustomAttributes<FieldConstraintAttribute>()];
        }

        /// <summary>The property.</summary>
        public PropertyInfo Property { get; }

        /// <summary>The name in manifests.</summary>
        public string Name { get; }

        /// <summary>How its value is read and written.</summary>
        public ValueShape Shape { get; }

        /// <summary>True when it must be there.</summary>
        public bool Required { get; }

        /// <summary>Rules on its value.</summary>
        public IReadOnlyList<FieldConstraintAttribute> Constraints { get; }
    }
}
