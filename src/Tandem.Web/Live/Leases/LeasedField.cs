using System.Diagnostics.CodeAnalysis;

namespace Tandem.Web.Live.Leases;

/// <summary>A field of a record as leases name it.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The record's key as addresses carry it.</param>
/// <param name="Field">The field.</param>
internal readonly record struct LeasedField(string Table, string Key, string Field)
{
    private const string Prefix = "field";

    /// <summary>What is leased, as the store keeps it.</summary>
    public string Resource => string.Join('/', Prefix, Uri.EscapeDataString(Table), Uri.EscapeDataString(Key), Uri.EscapeDataString(Field));

    /// <summary>Reads a resource back; other leases than those of fields are none.</summary>
    public static bool TryParse(string resource, [NotNullWhen(true)] out LeasedField? field)
    {
        field = resource.Split('/') is [Prefix, var table, var key, var name]
            ? new LeasedField(Uri.UnescapeDataString(table), Uri.UnescapeDataString(key), Uri.UnescapeDataString(name))
            : null;
        return field is not null;
    }
}

/// <summary>Who is in a field, as one page is told.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The record.</param>
/// <param name="Field">The field.</param>
/// <param name="Number">Rises with every message of this node: of two about one field the higher is the newer.</param>
/// <param name="Owner">Who holds the lease; null when nobody does any more.</param>
/// <param name="IsMine">Whether this very page holds it.</param>
/// <param name="TakenFrom">Whom it was taken from; null when nobody was made to give it up.</param>
/// <param name="IsEnforced">Whether nobody else may write the field meanwhile.</param>
internal sealed record LeaseMessage(string Table, string Key, string Field, long Number, string? Owner, bool IsMine, string? TakenFrom, bool IsEnforced);

/// <summary>The answer to entering a field.</summary>
/// <param name="IsMine">Whether the page holds the lease now.</param>
/// <param name="Owner">Who holds it otherwise.</param>
/// <param name="Reason">Why nobody may hold it here, or null.</param>
/// <param name="Told">What the page is told of the lease it holds: an answer and a message may overtake each other.</param>
internal sealed record FocusAnswer(bool IsMine, string? Owner, string? Reason, LeaseMessage? Told = null);
