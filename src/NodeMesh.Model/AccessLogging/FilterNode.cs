using System.Text.RegularExpressions;

namespace NodeMesh.Model.AccessLogging;

/// <summary>A part of a filter's expression.</summary>
/// <param name="kind">What its value is, where it has one.</param>
internal abstract class FilterNode(AccessValueKind kind)
{
    /// <summary>What its value is, where it has one.</summary>
    public AccessValueKind Kind { get; } = kind;

    /// <summary>True when it asks for what only requests have.</summary>
    public abstract bool NeedsRequests { get; }

    /// <summary>Finds its value.</summary>
    /// <param name="facts">What is known.</param>
    /// <returns>The value; missing for an error.</returns>
    public abstract AccessValue Evaluate(IAccessFacts facts);

    /// <summary>A value that is written down.</summary>
    public sealed class Literal(AccessValue value) : FilterNode(value.Kind)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => false;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) => value;
    }

    /// <summary>A fact.</summary>
    public sealed class Fact(AccessFact fact) : FilterNode(FilterNames.KindOf(fact))
    {
        /// <summary>Which.</summary>
        public AccessFact Name => fact;

        /// <inheritdoc/>
        public override bool NeedsRequests => fact <= AccessFact.ResponseSize;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) => facts.Find(fact);
    }

    /// <summary>Whether there is such a fact.</summary>
    public sealed class Has(Fact fact) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => fact.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) => AccessValue.Of(fact.Evaluate(facts).Kind != AccessValueKind.Missing);
    }

    /// <summary>The opposite.</summary>
    public sealed class Not(FilterNode inner) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => inner.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) => AccessValue.Of(!inner.Evaluate(facts).Flag);
    }

    /// <summary>Both, or one of two. What the one side decides alone holds, whatever error is on the other: so it is in CEL, and bool? has it too.</summary>
    public sealed class Both(FilterNode left, FilterNode right, bool isOr) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => left.NeedsRequests || right.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts)
        {
            var first = left.Evaluate(facts).Flag;
            return first == isOr ? AccessValue.Of(first) : AccessValue.Of(isOr ? first | right.Evaluate(facts).Flag : first & right.Evaluate(facts).Flag);
        }
    }

    /// <summary>A comparison of two values of one kind.</summary>
    public sealed class Comparison(string sign, FilterNode left, FilterNode right) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => left.NeedsRequests || right.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts)
        {
            var (a, b) = (left.Evaluate(facts), right.Evaluate(facts));
            if (a.Kind == AccessValueKind.Missing || b.Kind == AccessValueKind.Missing)
            {
                return default;
            }

            var order = a.Kind == AccessValueKind.Text ? string.CompareOrdinal(a.Text, b.Text) : a.Number.CompareTo(b.Number);
            return AccessValue.Of(sign switch
            {
                "==" => order == 0,
                "!=" => order != 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            });
        }
    }

    /// <summary>Whether a value is one of a list.</summary>
    public sealed class Among(FilterNode inner, AccessValue[] values) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => inner.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) =>
            inner.Evaluate(facts) is { Kind: not AccessValueKind.Missing } value ? AccessValue.Of(Array.IndexOf(values, value) >= 0) : default;
    }

    /// <summary>A question about a text.</summary>
    public sealed class Question(FilterNode inner, string function, string argument, Regex? pattern) : FilterNode(AccessValueKind.Flag)
    {
        /// <inheritdoc/>
        public override bool NeedsRequests => inner.NeedsRequests;

        /// <inheritdoc/>
        public override AccessValue Evaluate(IAccessFacts facts) => inner.Evaluate(facts).Text is not { } text ? default : AccessValue.Of(function switch
        {
            "startsWith" => text.StartsWith(argument, StringComparison.Ordinal),
            "endsWith" => text.EndsWith(argument, StringComparison.Ordinal),
            "contains" => text.Contains(argument, StringComparison.Ordinal),
            _ => pattern!.IsMatch(text),
        });
    }
}
