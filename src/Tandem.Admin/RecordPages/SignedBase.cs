using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>The values a person starts from, carried by the form itself. Signed, so that a save is guarded by what the server showed and nothing else.</summary>
internal static class SignedBase
{
    public static string Protect(IDataProtector protector, TableSchema schema, RecordKey key, Patch values) =>
        protector.CreateProtector(schema.Name, key.ToString()).Protect(ValueJson.Serialize(schema, values));

    /// <returns>The values, or null when they were not made here for this record.</returns>
    public static Patch? Read(IDataProtector protector, TableSchema schema, RecordKey key, string text)
    {
        try
        {
            return ValueJson.Deserialize(schema, protector.CreateProtector(schema.Name, key.ToString()).Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
