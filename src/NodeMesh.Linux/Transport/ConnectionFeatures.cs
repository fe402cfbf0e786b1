using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace NodeMesh.Linux.Transport;

/// <summary>The features of a connection, of which most have one or two: a short list instead of the base library's dictionary, which is ten times the size.</summary>
internal sealed class ConnectionFeatures : IFeatureCollection
{
    private const int Usual = 2;

    private (Type Type, object Feature)[] _features = new (Type, object)[Usual];
    private int _count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision { get; private set; }

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            var index = Find(key);
            return index < 0 ? null : _features[index].Feature;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(key);
            Set(key, value);
        }
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => Set(typeof(TFeature), instance);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
        {
            yield return new KeyValuePair<Type, object>(_features[i].Type, _features[i].Feature);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Type type)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_features[i].Type == type)
            {
                return i;
            }
        }

        return -1;
    }

    private void Set(Type type, object? feature)
    {
        Revision++;
        var index = Find(type);
        if (feature is null)
        {
            if (index >= 0)
            {
                _features[index] = _features[--_count];
                _features[_count] = default;
            }

            return;
        }

        if (index < 0)
        {
            index = _count++;
            if (index == _features.Length)
            {
                Array.Resize(ref _features, index * 2);
            }
        }

        _features[index] = (type, feature);
    }
}
