using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Identity;

/// <summary>URIs among a certificate's subject alternative names (RFC 5280 section 4.2.1.6): the base library does not list them, and writes them normalised instead of as they are.</summary>
public static class SubjectNames
{
    private const string ExtensionOid = "2.5.29.17";

    // GeneralName ::= CHOICE { … uniformResourceIdentifier [6] IA5String … }
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The URIs in the order of the certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <returns>The URIs; empty where it has none.</returns>
    /// <exception cref="PeerVerificationException">The extension is not well-formed, or there are two of it.</exception>
    public static ImmutableArray<string> Uris(X509Certificate2 certificate)
    {
        X509Extension? found = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != ExtensionOid)
            {
                continue;
            }

            if (found is not null)
            {
                throw Malformed("the certificate has two lists of subject alternative names");
            }

            found = extension;
        }

        return found is null ? [] : Read(found.RawData);
    }

    /// <summary>The extension for URIs alone, byte for byte as given.</summary>
    /// <param name="uris">The URIs; ASCII.</param>
    /// <param name="critical">Whether it is critical: it must be where the subject is empty.</param>
    internal static X509Extension Create(IEnumerable<string> uris, bool critical)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, UriTag);
            }
        }

        return new X509Extension(ExtensionOid, writer.Encode(), critical);
    }

    private static ImmutableArray<string> Read(byte[] encoded)
    {
        try
        {
            var uris = ImmutableArray.CreateBuilder<string>();
            var outer = new AsnReader(encoded, AsnEncodingRules.DER);
            var names = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }

            return uris.DrainToImmutable();
        }
        catch (AsnContentException e)
        {
            throw Malformed($"the subject alternative names cannot be read: {e.Message}");
        }
    }

    private static PeerVerificationException Malformed(string message) => new(PeerVerificationReason.MalformedSpiffeId, message);
}
