using Tandem.Records;

namespace Tandem.Live.Caching;

/// <summary>About how many bytes a record takes in memory on a 64-bit runtime: what a budget counts.</summary>
internal static class RecordSize
{
    private const int Header = 24;
    private const int Entry = 160;
    private const int Box = 24;

    public static long Of(Record? record)
    {
        long size = Entry;
        if (record is null)
        {
            return size;
        }

        size += Header * 2;
        foreach (var value in record.Values)
        {
            size += 8 + value switch
            {
                null => 0,
                string text => Header + (2L * text.Length),
                Blob blob => (Header * 2) + Blob.HeadLength + (blob.Digest is null ? 0 : 86) + (blob.Content?.Length ?? 0),
                decimal or Guid or DateTimeOffset => Box + 8,
                _ => Box,
            };
        }

        return size;
    }
}
