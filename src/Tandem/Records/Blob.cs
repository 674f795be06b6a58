namespace Tandem.Records;

/// <summary>Binary content as records carry it: its length, first bytes and, where it was computed, a digest. Immutable.</summary>
/// <remarks>
/// Content is left in the source and fetched on demand, so a list of records never loads megabytes. Two blobs are equal
/// when their digests are; without a digest on both sides, length and first bytes decide.
/// </remarks>
public sealed class Blob : IEquatable<Blob>
{
    /// <summary>How many leading bytes are kept to tell the kind of content.</summary>
    public const int HeadLength = 16;

    public Blob(long length, ReadOnlyMemory<byte> head, string? digest = null, ReadOnlyMemory<byte>? content = null)
    {
        Length = length;
        Head = head;
        Digest = digest;
        Content = content;
    }

    /// <summary>A blob that brings its whole content, as a write does.</summary>
    public static Blob FromContent(ReadOnlyMemory<byte> content) =>
        new(content.Length, content[..Math.Min(HeadLength, content.Length)], DigestOf(content.Span), content);

    /// <summary>The digest blobs are compared by: MD5 in lower-case hex, since every database can compute it. It guards against accidents, not attackers.</summary>
    public static string DigestOf(ReadOnlySpan<byte> content) =>
#pragma warning disable CA5351 // Compared for change, never for trust; PostgreSQL computes the same without an extension.
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(content));
#pragma warning restore CA5351

    /// <summary>Bytes in the content.</summary>
    public long Length { get; }

    /// <summary>The first bytes, at most <see cref="HeadLength"/>.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>See <see cref="DigestOf"/>; null where a list left it out.</summary>
    public string? Digest { get; }

    /// <summary>The content itself, or null when it is still in the source.</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>The media type told by the first bytes; <c>application/octet-stream</c> when they tell nothing.</summary>
    public string MediaType => Head.Span switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "application/pdf",
        [(byte)'P', (byte)'K', 3, 4, ..] => "application/zip",
        [0x1F, 0x8B, ..] => "application/gzip",
        _ => "application/octet-stream",
    };

    public bool Equals(Blob? other) => other is not null && Length == other.Length && (Digest is not null && other.Digest is not null
        ? Digest == other.Digest
        : Head.Span.SequenceEqual(other.Head.Span));

    public override bool Equals(object? obj) => Equals(obj as Blob);

    public override int GetHashCode() => Length.GetHashCode();

    public override string ToString() => $"{Length} bytes, {MediaType}";
}
