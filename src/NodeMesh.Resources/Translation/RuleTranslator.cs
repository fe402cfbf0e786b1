using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates the rules of one AuthorizationPolicy.</summary>
internal sealed class RuleTranslator(MeshSettings settings, ManifestDocument document, string action, ImmutableArray<Finding>.Builder findings)
{
    private readonly MatchTranslator _matches = new(settings, document.Namespace);
    private int _rule = -1;

    private bool Allows => action == "ALLOW";

    /// <summary>Translates the next rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>The model's rule, or null when it can never match.</returns>
    public PolicyRule? Translate(AuthorizationRule rule)
    {
        var path = FieldPath.Index("spec.rules", ++_rule);
        var clauses = ImmutableArray.CreateBuilder<PolicyClause>();
        var from = rule.From.Select(f => _matches.Source(f.Source ?? new AuthorizationSource()));
        var to = rule.To.Select(t => MatchTranslator.Operation(t.Operation ?? new AuthorizationOperation()));
        var possible = Add(clauses, [.. from], $"{path}.from", ".source") & Add(clauses, [.. to], $"{path}.to", ".operation");
        for (var i = 0; i < rule.When.Length; i++)
        {
            possible &= Add(clauses, [_matches.Condition(rule.When[i])], FieldPath.Index($"{path}.when", i), null);
        }

        if (possible)
        {
            return new PolicyRule(clauses.ToImmutable());
        }

        findings.Add(document.Report(FindingLevel.Warning, FindingCodes.RuleNeverMatches, path, $"this rule never matches, so it {(Allows ? "allows" : "refuses")} nothing"));
        return null;
    }

    // Adds the clause that ORs the alternatives; false when none of them can match. A null suffix: the path is the single alternative's own.
    private bool Add(ImmutableArray<PolicyClause>.Builder clauses, ImmutableArray<TranslatedMatch> alternatives, string path, string? suffix)
    {
        if (alternatives.IsEmpty)
        {
            return true;
        }

        var always = false;
        var matches = ImmutableArray.CreateBuilder<PolicyMatch>(alternatives.Length);
        for (var i = 0; i < alternatives.Length; i++)
        {
            var alternative = alternatives[i];
            var place = suffix is null ? path : FieldPath.Index(path, i) + suffix;
            if (!alternative.RequestFields.IsEmpty)
            {
                ReportRequestFields(place, alternative);
                if (Allows)
                {
                    continue;
                }
            }

            if (alternative.Impossible)
            {
                findings.Add(document.Report(FindingLevel.Warning, FindingCodes.RuleNeverMatches, place, "ipBlocks and remoteIpBlocks have no address in common: this never matches"));
                continue;
            }

            always |= alternative.Match is null;
            if (alternative.Match is { } match)
            {
                matches.Add(match);
            }
        }

        if (always)
        {
            return true;
        }

        if (matches.Count > 0)
        {
            clauses.Add(new PolicyClause(matches.ToImmutable()));
        }

        return matches.Count > 0;
    }

    private void ReportRequestFields(string place, TranslatedMatch alternative)
    {
        var fields = string.Join(", ", alternative.RequestFields);
        var rest = alternative.Match is null ? "every connection" : "whatever the rest of it matches";
        var effect = Allows
            ? "this part of the ALLOW rule never matches, which allows less than written"
            : $"without them this part of the {action} rule matches {rest}, which refuses more than written";
        var verb = alternative.RequestFields.Length == 1 ? "needs" : "need";
        findings.Add(document.Report(FindingLevel.Warning, FindingCodes.RequestLevelRule, place, $"{fields} {verb} to see requests, which L4 does not: {effect}"));
    }
}
