using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Translation;

/// <summary>A label selector in normal form: the requirements sorted, equality as <c>In</c> with one value. Two selectors that say the same in the same words have the same <see cref="Text"/>.</summary>
internal sealed class LabelMatcher
{
    private readonly ImmutableArray<LabelRequirement> _requirements;

    /// <summary>Makes a matcher.</summary>
    /// <param name="selector">The selector.</param>
    public LabelMatcher(LabelSelector selector)
    {
        _requirements =
        [
            .. selector.MatchLabels.Select(l => new LabelRequirement { Key = l.Key, Operator = "In", Values = [l.Value] })
                .Concat(selector.MatchExpressions)
                .Select(r => r with { Values = [.. r.Values.Distinct().Order(StringComparer.Ordinal)] })
                .OrderBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.Operator, StringComparer.Ordinal).ThenBy(r => string.Join(',', r.Values), StringComparer.Ordinal),
        ];
        // Labels have neither commas nor parentheses, and every value is counted: no two selectors share a text.
        Text = string.Join(';', _requirements.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Operator} {r.Values.Length}({string.Join(',', r.Values)})")));
    }

    /// <summary>The selector as text.</summary>
    public string Text { get; }

    /// <summary>Says whether labels are selected.</summary>
    /// <param name="labels">The labels.</param>
    /// <returns>True when every requirement holds.</returns>
    public bool Matches(ImmutableDictionary<string, string> labels)
    {
        foreach (var requirement in _requirements)
        {
            var present = labels.TryGetValue(requirement.Key, out var value);
            var holds = requirement.Operator switch
            {
                "In" => present && requirement.Values.Contains(value!),
                "NotIn" => !present || !requirement.Values.Contains(value!),
                "Exists" => present,
                "DoesNotExist" => !present,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}
